import { execFile } from 'node:child_process'
import { cpus } from 'node:os'
import { promisify } from 'node:util'
import { entryPath } from '../../base/processes/entry-path.ts'
import { mpirunArguments, mpirunEnvironment } from '../../trainer/starter/mpirun.ts'

/** Median times of a sum over all ranks, in ms. */
export interface SumTime {
  /** Float32 values. */
  length: number
  /** Of `sum`, which copies its array. */
  waiting: number
  /** Of `startSum` and waiting for it at once, by wire. */
  float32: number
  bfloat16: number
}

export interface ExchangeTimes {
  ranks: number
  /** That each rank may use. */
  threads: number
  /** Of the machine, over the last minute. */
  load: number
  sums: SumTime[]
}

/**
 * Times sums between processes of this machine, which exchange over shared memory.
 * @throws Error where Open MPI is missing
 */
export async function benchExchange(ranks: number): Promise<ExchangeTimes & { cpu: string }> {
  const command = [process.execPath, entryPath('exchange-bench')]
  const { stdout } = await promisify(execFile)(
    'mpirun',
    mpirunArguments({ workers: ranks, command }),
    { env: mpirunEnvironment() },
  )
  const line = stdout.split('\n').find((text) => text.startsWith('{')) ?? ''
  return { ...(JSON.parse(line) as ExchangeTimes), cpu: cpus()[0]?.model ?? 'unknown' }
}

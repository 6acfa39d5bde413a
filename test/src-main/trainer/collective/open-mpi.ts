import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Whether Open MPI is here: set-up does not bring it. */
export const hasOpenMpi = (() => {
  const { stdout } = spawnSync('mpirun', ['--version'], { encoding: 'utf8' })
  return stdout?.includes('Open MPI') ?? false
})()

/** What mpirun asks of root, and a machine with fewer cores than ranks. */
export const MPI_ENVIRONMENT = {
  OMPI_ALLOW_RUN_AS_ROOT: '1',
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
}

export const MPIRUN = ['--oversubscribe', '--bind-to', 'none']

/** Runs a program of this folder on some ranks. @returns what each rank printed as `{ rank, ... }` */
export async function onRanks<Answer extends { rank: number }>(
  ranks: number,
  program: string,
  ...args: string[]
): Promise<Answer[]> {
  const command = [...MPIRUN, '-n', String(ranks), process.execPath]
  const { stdout } = await promisify(execFile)(
    'mpirun',
    [...command, join(import.meta.dirname, program), ...args],
    { env: { ...process.env, ...MPI_ENVIRONMENT }, maxBuffer: 2 ** 28 },
  )
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'))
  const answers = lines.map((line) => JSON.parse(line) as Answer)
  return answers.toSorted((a, b) => a.rank - b.rank)
}

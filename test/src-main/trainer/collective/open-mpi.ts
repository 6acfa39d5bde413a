import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
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

/**
 * Runs a program of this folder on some ranks.
 * @returns what each of them has written to `process.env.ANSWERS/<rank>.json`, in rank order: mpirun
 *   mixes what they print
 */
export async function onRanks<Answer>(
  ranks: number,
  program: string,
  ...args: string[]
): Promise<Answer[]> {
  const answers = await mkdtemp(join(tmpdir(), 'fame-ranks-'))
  const command = [...MPIRUN, '-n', String(ranks), process.execPath]
  await promisify(execFile)('mpirun', [...command, join(import.meta.dirname, program), ...args], {
    env: { ...process.env, ...MPI_ENVIRONMENT, ANSWERS: answers },
  })
  const texts = Array.from({ length: ranks }, (_, rank) =>
    readFile(join(answers, `${rank}.json`), 'utf8'),
  )
  const read = (await Promise.all(texts)).map((text) => JSON.parse(text) as Answer)
  await rm(answers, { recursive: true })
  return read
}

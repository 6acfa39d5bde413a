import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Version of the Open MPI whose `mpirun` is on PATH, which several processes (`--workers`) need.
 * @param environment with another PATH in tests
 * @returns null where there is none, or another MPI
 */
export async function openMpiVersion(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string | null> {
  try {
    const { stdout } = await run('mpirun', ['--version'], { env: environment, timeout: 10_000 })
    return /\(Open MPI\) (\S+)/.exec(stdout)?.[1] ?? null
  } catch {
    return null
  }
}

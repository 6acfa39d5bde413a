import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { entryPath, type EntryName } from '../entry-path.ts'
import { nodeBinary } from '../node-binary.ts'
import { trainerEnvironment } from '../runs/trainer-environment.ts'

const run = promisify(execFile)

export type ProbeOutcome = { ok: true; facts: unknown } | { ok: false; reason: string }

/**
 * Asks a native library about itself in a process of its own: what is broken takes that process
 * down and not the host.
 * @param limit milliseconds
 */
export async function probe(
  name: Extract<EntryName, `${string}-probe`>,
  limit = 60_000,
): Promise<ProbeOutcome> {
  try {
    const { stdout } = await run(nodeBinary(), [entryPath(name)], {
      env: trainerEnvironment(),
      timeout: limit,
    })
    return { ok: true, facts: JSON.parse(stdout.trim().split('\n').at(-1) ?? '') }
  } catch (error) {
    return { ok: false, reason: reasonOf(error) }
  }
}

/** The library's last words, else how its process ended. */
function reasonOf(error: unknown): string {
  const { stderr = '', message = String(error) } = error as { stderr?: string; message?: string }
  const words = stderr.split('\n').filter((line) => line.trim() !== '' && !isLogLine(line))
  return words.at(-1) ?? message.split('\n')[0]
}

function isLogLine(line: string): boolean {
  return /^(WARNING: All log messages|[IWE]\d{4} )/.test(line)
}

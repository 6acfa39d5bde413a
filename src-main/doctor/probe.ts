import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { z } from 'zod'
import { entryPath, type EntryName } from '../base/processes/entry-path.ts'
import { nodeBinary } from '../base/processes/node-binary.ts'
import { trainerEnvironment } from '../base/processes/trainer-environment.ts'

const run = promisify(execFile)

export type ProbeOutcome<Facts> = { ok: true; facts: Facts } | { ok: false; reason: string }

/**
 * Asks a native library about itself in a process of its own: what is broken takes that process
 * down and not the host.
 * @param schema of the JSON that it prints last; anything else counts as broken
 * @param limit milliseconds
 */
export async function probe<Facts>(
  name: Extract<EntryName, `${string}-probe`>,
  schema: z.ZodType<Facts>,
  limit = 60_000,
): Promise<ProbeOutcome<Facts>> {
  try {
    const { stdout } = await run(nodeBinary(), [entryPath(name)], {
      env: trainerEnvironment(),
      timeout: limit,
    })
    return readFacts(stdout, schema)
  } catch (error) {
    return { ok: false, reason: reasonOf(error) }
  }
}

/** @param output what a probe printed */
export function readFacts<Facts>(output: string, schema: z.ZodType<Facts>): ProbeOutcome<Facts> {
  const line = output.trim().split('\n').at(-1) ?? ''
  const facts = schema.safeParse(parsed(line))
  if (facts.success) return { ok: true, facts: facts.data }
  return { ok: false, reason: `its check printed ${line === '' ? 'nothing' : line.slice(0, 200)}` }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
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

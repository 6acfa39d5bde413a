import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { setupFolder } from './entry-path.ts'

/** What set-up noted about TensorFlow (`scripts/lib/steps/tensorflow.mjs`). */
const noteSchema = z.discriminatedUnion('available', [
  z.object({ available: z.literal(true), kind: z.string() }),
  z.object({ available: z.literal(false), reason: z.string(), remedy: z.string() }),
])
export type TensorFlowNote = z.infer<typeof noteSchema>

/** The folder that holds package.json, from source and from the bundle alike. */
export function installationFolder(moduleUrl: string = import.meta.url): string {
  let folder = dirname(fileURLToPath(moduleUrl))
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder))
    folder = dirname(folder)
  return folder
}

export function workbenchVersion(root: string): string {
  return versionIn(join(root, 'package.json')) ?? 'unknown'
}

/** Null when set-up has not come to TensorFlow yet. */
export function tensorflowNote(root: string): TensorFlowNote | null {
  const made = process.env.FAME_SETUP ? setupFolder() : join(root, 'out')
  const text = readText(join(made, 'setup', 'tensorflow.json'))
  if (text === null) return null
  const note = noteSchema.safeParse(parseJson(text))
  return note.success ? note.data : null
}

/** Electron's binary comes apart from its package. */
export function electronInstallation(root: string): { available: boolean; version: string | null } {
  const running = process.versions.electron
  if (running !== undefined) return { available: true, version: running }
  const folder = join(root, 'node_modules', 'electron')
  const binary = readText(join(folder, 'path.txt'))
  const available = binary !== null && existsSync(join(folder, 'dist', binary.trim()))
  return { available, version: available ? versionIn(join(folder, 'package.json')) : null }
}

function versionIn(file: string): string | null {
  const description = z.object({ version: z.string() }).safeParse(parseJson(readText(file) ?? ''))
  return description.success ? description.data.version : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function readText(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Setup } from '../../scripts/lib/context.mjs'
import { findPlaces } from '../../scripts/lib/places.mjs'
import { Report } from '../../scripts/lib/report.mjs'

/** An empty folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fame-setup-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A set-up of an empty clone, and what it says. */
export function temporarySetup(options: { env?: NodeJS.ProcessEnv; retry?: boolean } = {}): {
  setup: Setup
  said: () => string
} {
  let text = ''
  const root = temporaryFolder()
  const env = { ...process.env, FAME_CACHE: join(root, 'cache'), ...options.env }
  const report = new Report({ write: (more: string) => (text += more) })
  const setup = new Setup({ places: findPlaces(root, env), env, report, retry: options.retry })
  return { setup, said: () => text }
}

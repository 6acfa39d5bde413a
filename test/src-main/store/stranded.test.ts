import type * as FileSystem from 'node:fs'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, expect, it, vi } from 'vitest'
import { findStranded } from '#main/store/stranded.ts'
import { Store } from '#main/store/store.ts'
import { temporaryFolders } from './temporary-folder.ts'

const temporaryFolder = temporaryFolders()
/** Called once, before the folders are looked through. */
let onListing: (() => void) | null = null
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof FileSystem>()
  const readdirSync = ((...args: Parameters<typeof fs.readdirSync>) => {
    const once = onListing
    onListing = null
    once?.()
    return fs.readdirSync(...args)
  }) as typeof fs.readdirSync
  return { ...fs, readdirSync }
})
afterEach(() => (onListing = null))

function startRun(folder: string, id: number): void {
  const db = new Database(join(folder, 'workbench.sqlite'))
  db.prepare('UPDATE sqlite_sequence SET seq = ? WHERE name = ?').run(id, 'runs')
  db.close()
  makeFolder(folder, id)
}

function makeFolder(folder: string, id: number): void {
  const own = join(folder, 'runs', String(id))
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, 'videos.jsonl'), '')
}

it('is not taken in by a run that starts while the project is looked through', () => {
  const folder = temporaryFolder()
  const file = join(folder, 'workbench.sqlite')
  new Store(file).close()
  const db = new Database(file)
  db.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run('runs', 1)
  db.close()
  makeFolder(folder, 1)
  onListing = () => startRun(folder, 2)
  expect(findStranded(folder, file)).toBeNull()
  expect(onListing).toBeNull()
  makeFolder(folder, 3)
  expect(findStranded(folder, file)).toMatchObject({ state: 'older', unknown: { runs: [3] } })
})

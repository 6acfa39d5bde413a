import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { listBackups } from '../store/backups.ts'
import { lockProject } from '../store/lock.ts'
import { Store } from '../store/store.ts'
import { findStranded, folderNumbers, numberedFolders } from '../store/stranded.ts'
import { PartFile } from '../base/files/atomic-write.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import { rebuildRows, type Rebuilt } from './rebuild.ts'

export interface RestoreOptions {
  /** Absolute path of the backup to go back to; 'newest' for the newest that is whole. */
  backup?: string
  /** Start from an empty database. */
  rebuild?: boolean
  /** Add no rows: leave the folders alone and count on behind their numbers. */
  numberOn?: boolean
}

export interface Restored {
  /** What the database was made from: itself, the absolute path of a backup, or nothing. */
  base: 'current' | 'empty' | (string & {})
  /** What became of the folders that it did not know. */
  rebuilt: Rebuilt[]
  /** Absolute folder of the database that was there before; null where there was none. */
  replaced: string | null
}

/**
 * Makes a project usable again whose database is lost, damaged, or older than its folders. The old
 * database is moved aside, never deleted; files of runs are not touched.
 * @throws WorkbenchError when nothing is wrong, another workbench has the project open, there is no
 * such backup, or the disk refuses; then everything is as it was
 */
export async function restoreProject(
  folder: string,
  options: RestoreOptions = {},
): Promise<Restored> {
  const absolute = resolve(folder)
  const file = join(absolute, 'workbench.sqlite')
  if (!existsSync(absolute)) {
    throw new WorkbenchError(`There is no folder ${absolute}. Name the folder of a project.`)
  }
  const lock = lockProject(absolute)
  try {
    const base = chooseBase(absolute, file, options)
    const staged = `${file}.restoring`
    removeDatabase(staged)
    try {
      if (base !== 'empty') copyDatabase(base === 'current' ? file : base, staged)
      const rebuilt = await complete(absolute, staged, options)
      const replaced = setAside(absolute, file)
      new PartFile(file, staged).keepSync('all')
      return { base, rebuilt, replaced }
    } finally {
      removeDatabase(staged)
    }
  } finally {
    lock.release()
  }
}

function chooseBase(folder: string, file: string, options: RestoreOptions): Restored['base'] {
  if (options.rebuild) return 'empty'
  if (options.backup !== undefined) return namedBackup(folder, options.backup)
  const isWhole = isWholeDatabase(file)
  if (isWhole && !findStranded(folder, file)) {
    throw new WorkbenchError(
      `The database of ${folder} is undamaged and has all runs, so there is nothing to restore. To go back ` +
        "to a backup, name it with --backup; 'project check' lists them.",
    )
  }
  if (isWhole) return 'current'
  // Numbers alone are asked for: what the backup knows would come back with it.
  if (options.numberOn) return 'empty'
  return newestWhole(folder) ?? 'empty'
}

function namedBackup(folder: string, name: string): string {
  const found = name === 'newest' ? newestWhole(folder) : resolve(name)
  if (found !== null && isWholeDatabase(found)) return found
  const known = listBackups(folder).map(({ file }) => file)
  const choice = known.length > 0 ? `Choose one of: ${known.join(', ')}.` : 'There is no backup.'
  throw new WorkbenchError(`${found ?? 'No backup'} is not an undamaged database. ${choice}`)
}

function newestWhole(folder: string): string | null {
  return listBackups(folder).find(({ file }) => isWholeDatabase(file))?.file ?? null
}

/** Whether a file is a workbench's database that SQLite finds nothing wrong with. */
export function isWholeDatabase(file: string): boolean {
  if (!existsSync(file)) return false
  let db: Database.Database | null = null
  try {
    db = new Database(file, { readonly: true, timeout: 5000 })
    const runs = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'runs'").get()
    return runs !== undefined && db.pragma('integrity_check(1)', { simple: true }) === 'ok'
  } catch {
    return false
  } finally {
    db?.close()
  }
}

/** With what is still in its log. */
function copyDatabase(from: string, to: string): void {
  const db = new Database(from, { readonly: true, timeout: 5000 })
  try {
    db.prepare('VACUUM INTO ?').run(to)
  } finally {
    db.close()
  }
}

/** Adds what the folders hold, and counts on behind their numbers. */
async function complete(
  folder: string,
  file: string,
  { numberOn = false }: RestoreOptions,
): Promise<Rebuilt[]> {
  const store = new Store(file, { staged: true })
  let rebuilt: Rebuilt[] = []
  try {
    if (!numberOn) rebuilt = await rebuildRows(store, folder)
  } finally {
    store.close()
  }
  const db = new Database(file)
  try {
    for (const kind of numberedFolders) countFrom(db, kind, folderNumbers(folder, kind).at(-1) ?? 0)
    db.pragma('wal_checkpoint(TRUNCATE)')
    db.pragma('journal_mode = DELETE')
    db.pragma('synchronous = FULL')
  } finally {
    db.close()
  }
  return rebuilt
}

function countFrom(db: Database.Database, table: string, last: number): void {
  db.transaction(() => {
    const { changes } = db
      .prepare('UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?')
      .run(last, table)
    if (changes > 0 || last === 0) return
    db.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run(table, last)
  })()
}

/** Moves the database with its log into a folder of its own. */
function setAside(folder: string, file: string): string | null {
  const parts = ['', '-wal', '-shm']
    .map((end) => `${file}${end}`)
    .filter((part) => existsSync(part))
  if (parts.length === 0) return null
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '')
  const aside = join(folder, 'backups', `replaced-${stamp}`)
  mkdirSync(aside, { recursive: true })
  for (const part of parts) renameSync(part, join(aside, basename(part)))
  return aside
}

function removeDatabase(file: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${end}`, { force: true })
}

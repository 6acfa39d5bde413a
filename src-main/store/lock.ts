import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { WorkbenchError } from '../base/workbench-error.ts'

/** Held by the one process that writes to a project. */
export interface ProjectLock {
  release(): void
}

/**
 * Makes this process the one writer of a project folder. The lock is a transaction held open on
 * `lock.sqlite`: the operating system drops it when the process ends, however it ends, so a lock can
 * never be left behind. `lock.pid` only names the holder for the message.
 * @throws WorkbenchError naming the process that holds the folder, or saying why it cannot be locked.
 */
export function lockProject(folder: string): ProjectLock {
  const file = join(folder, 'lock.sqlite')
  const holder = join(folder, 'lock.pid')
  let db: Database.Database | null = null
  try {
    db = new Database(file, { timeout: 0 })
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db?.close()
    throw isBusy(error) ? inUse(folder, holder) : explained(error, file)
  }
  noteHolder(holder)
  const held = db
  return { release: () => held.close() }
}

/** Whether some process writes to a project folder now. */
export function isLocked(folder: string): boolean {
  const file = join(folder, 'lock.sqlite')
  if (!existsSync(file)) return false
  let db: Database.Database | null = null
  try {
    db = new Database(file, { readonly: true, timeout: 0 })
    db.pragma('schema_version')
    return false
  } catch (error) {
    // A file that is no lock locks nothing.
    return isBusy(error)
  } finally {
    db?.close()
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
}

/** The name of the holder only serves a message: a full disk must not keep the project closed. */
function noteHolder(file: string): void {
  try {
    writeFileSync(file, `${process.pid}\n`)
  } catch {
    // The message then says `unknown`.
  }
}

function explained(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory()
  if (isFolder || error.code === 'SQLITE_NOTADB' || error.code.startsWith('SQLITE_CORRUPT')) {
    return new WorkbenchError(
      `${file} ${isFolder ? 'is a folder' : 'is damaged'}. It has no data and only keeps two workbenches ` +
        'from writing at once: close the workbench wherever it has this project open, then delete it.',
    )
  }
  return new WorkbenchError(
    `${file} cannot be opened (${error.message}). Check that you may write to its folder and that its ` +
      'disk is connected.',
  )
}

function inUse(folder: string, holder: string): WorkbenchError {
  return new WorkbenchError(
    `${folder} is open in another workbench (process ${readHolder(holder)}). ` +
      'Use that workbench, close it, or choose another project folder.',
  )
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return 'unknown'
  }
}

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { WorkbenchError } from './workbench-error.ts'

/** Held by the one process that writes to a project. */
export interface ProjectLock {
  release(): void
}

/**
 * Makes this process the one writer of a project folder. The lock is a transaction held open on
 * `lock.sqlite`: the operating system drops it when the process ends, however it ends, so a lock can
 * never be left behind. `lock.pid` only names the holder for the message.
 * @throws WorkbenchError naming the process that holds the folder.
 */
export function lockProject(folder: string): ProjectLock {
  const db = new Database(join(folder, 'lock.sqlite'), { timeout: 0 })
  const holder = join(folder, 'lock.pid')
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    throw isBusy(error) ? inUse(folder, holder) : error
  }
  writeFileSync(holder, `${process.pid}\n`)
  return { release: () => db.close() }
}

/** Whether some process writes to a project folder now. */
export function isLocked(folder: string): boolean {
  const file = join(folder, 'lock.sqlite')
  if (!existsSync(file)) return false
  const db = new Database(file, { readonly: true, timeout: 0 })
  try {
    db.pragma('schema_version')
    return false
  } catch (error) {
    if (isBusy(error)) return true
    throw error
  } finally {
    db.close()
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
}

function inUse(folder: string, holder: string): WorkbenchError {
  return new WorkbenchError(
    `${folder} is open in another workbench (process ${readHolder(holder)}). ` +
      'Use that one, close it, or choose another project folder.',
  )
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return 'unknown'
  }
}

import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import { checkSchema, migrate, SCHEMA_VERSION, schemaVersion } from './migrations.ts'
import { openCopy } from './read-only-copy.ts'
import { searchWords } from './search-words.ts'
import { turnFrames, turnMask } from './turn-mask.ts'
import { WorkbenchError } from '../base/workbench-error.ts'

export interface DatabaseOptions {
  /** Reads beside the one writer; nothing is created or migrated. Default false. */
  readonly?: boolean
  /** A copy that is thrown away unless it is whole: commits do not wait for the disk. Default false. */
  staged?: boolean
}

/** A commit that finds so many pages in the log moves them to the file: some 1 MB, a few ms. */
const CHECKPOINT_PAGES = 250

/**
 * Opens a workbench database: WAL, every commit on disk before it returns, foreign keys enforced,
 * schema up to date.
 * @throws WorkbenchError for a file that is damaged, another program's or a newer workbench's; read
 * only, also for one that is missing or has an older schema.
 */
export function openDatabase(file: string, options: DatabaseOptions = {}): Database.Database {
  const { readonly = false, staged = false } = options
  if (readonly && !existsSync(file)) {
    throw new WorkbenchError(`There is no project at ${file}. Index a data set into it first.`)
  }
  const db = readonly ? connectForReading(file) : connect(file, readonly)
  try {
    checkSchema(db, file)
    addFunctions(db)
    if (readonly) refuseOlder(db, file)
    else prepareWriting(db, staged)
    db.pragma('foreign_keys = ON')
    return db
  } catch (error) {
    db.close()
    throw explained(error, file)
  }
}

function connect(file: string, readonly: boolean): Database.Database {
  try {
    return new Database(file, { readonly, timeout: 5000 })
  } catch (error) {
    throw explained(error, file)
  }
}

/** On a disk that cannot be written to, a database with a log is read from a copy. */
function connectForReading(file: string): Database.Database {
  const db = connect(file, true)
  try {
    db.pragma('schema_version')
    return db
  } catch (error) {
    db.close()
    const isRefused =
      error instanceof Database.SqliteError && /^SQLITE_(CANTOPEN|READONLY)/.test(error.code)
    if (!isRefused) throw explained(error, file)
    return openCopyOf(file)
  }
}

function openCopyOf(file: string): Database.Database {
  try {
    return openCopy(file, (copy) => bringUpToDate(copy, file))
  } catch (error) {
    if (error instanceof WorkbenchError) throw error
    throw new WorkbenchError(
      `${file} is in a folder that cannot be written to, and no copy can be made for reading ` +
        `(${(error as Error).message}). Make room in the folder for temporary files, or copy the project.`,
      { cause: error },
    )
  }
}

function bringUpToDate(db: Database.Database, file: string): void {
  checkSchema(db, file)
  addFunctions(db)
  migrate(db)
}

/** What the schema's triggers call. */
function addFunctions(db: Database.Database): void {
  db.function('search_words', { deterministic: true }, searchWords)
  db.function('turn_mask', { deterministic: true, varargs: true }, turnMask)
  db.function('turn_frames', { deterministic: true, varargs: true }, turnFrames)
}

function prepareWriting(db: Database.Database, staged: boolean): void {
  db.pragma('journal_mode = WAL')
  db.pragma(`synchronous = ${staged ? 'OFF' : 'FULL'}`)
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  migrate(db)
}

function refuseOlder(db: Database.Database, file: string): void {
  const version = schemaVersion(db)
  if (version < SCHEMA_VERSION) {
    throw new WorkbenchError(
      `${file} has schema ${version}, older than ${SCHEMA_VERSION}. ` +
        'Open the project once in the workbench to bring it up to date.',
    )
  }
}

function explained(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  if (error.code === 'SQLITE_NOTADB' || error.code.startsWith('SQLITE_CORRUPT')) {
    return new WorkbenchError(
      `${file} is damaged or is not an SQLite database (${error.message}). ` +
        'bin/fame project restore restores the newest backup and adds the runs that are missing in it.',
    )
  }
  return new WorkbenchError(
    `${file} cannot be opened (${error.message}). Check that the folder exists and is writable.`,
  )
}

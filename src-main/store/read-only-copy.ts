import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'

/**
 * Opens a copy of a database for reading. SQLite needs to write beside a database with a log even to
 * read it, which a read-only disk refuses. The copy has what the log holds, and is gone with its
 * handle.
 * @param prepare brings the copy up to date, as the original cannot be
 * @throws ErrnoException when there is no room for it
 */
export function openCopy(
  file: string,
  prepare: (copy: Database.Database) => void = () => undefined,
): Database.Database {
  const folder = mkdtempSync(join(tmpdir(), 'fame-reading-'))
  try {
    const copy = join(folder, 'workbench.sqlite')
    for (const end of ['', '-wal']) {
      if (existsSync(`${file}${end}`)) copyFileSync(`${file}${end}`, `${copy}${end}`)
    }
    const writer = new Database(copy)
    // Takes the log in, and leaves a file that is read without one.
    writer.pragma('journal_mode = DELETE')
    try {
      prepare(writer)
    } finally {
      writer.close()
    }
    const db = new Database(copy, { readonly: true })
    db.pragma('schema_version')
    return db
  } finally {
    // What is open stays readable.
    rmSync(folder, { recursive: true, force: true })
  }
}

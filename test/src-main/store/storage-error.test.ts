import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { clearError } from '#main/router/errors.ts'
import { storageError } from '#main/store/storage-error.ts'

describe('an error of the disk below the database', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fame-storage-'))
  const file = join(folder, 'test.sqlite')
  let db: Database.Database

  beforeEach(() => {
    db = new Database(file)
    db.exec('CREATE TABLE IF NOT EXISTS notes (text TEXT)')
  })
  afterEach(() => {
    db.close()
    rmSync(file)
  })

  function failureOf(run: () => unknown): unknown {
    try {
      run()
    } catch (error) {
      return error
    }
    throw new Error('The statement did not fail.')
  }

  it('says that the disk is full and what to do', () => {
    db.pragma('max_page_count = 2')
    const insert = db.prepare('INSERT INTO notes VALUES (?)')
    const error = failureOf(() => insert.run('x'.repeat(100_000)))
    expect(storageError(error)?.message).toMatch(/disk .* is full\. Free some space/)
  })

  it('says that the database may not be written to', () => {
    const reader = new Database(file, { readonly: true })
    const error = failureOf(() => reader.exec("INSERT INTO notes VALUES ('x')"))
    reader.close()
    expect(storageError(error)?.message).toMatch(/cannot be written\. Check the permissions/)
  })

  it('reaches a client as something that can be done about', () => {
    db.pragma('max_page_count = 2')
    const error = failureOf(() => db.exec(`INSERT INTO notes VALUES ('${'x'.repeat(100_000)}')`))
    const told = clearError(error)
    expect(told.code).toBe('UNPROCESSABLE_CONTENT')
    expect(told.message).not.toContain('The workbench failed')
  })

  it('is told from a fault of the workbench', () => {
    expect(storageError(failureOf(() => db.exec('SELECT nothing FROM nowhere')))).toBeNull()
    expect(storageError(new Error('SQLITE_FULL'))).toBeNull()
  })
})

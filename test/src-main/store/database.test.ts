import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '#main/store/database.ts'
import { migrate, SCHEMA_VERSION } from '#main/store/migrations.ts'
import { temporaryFolders } from './temporary-folder.ts'

const temporaryFolder = temporaryFolders()
const newFile = (): string => join(temporaryFolder(), 'workbench.sqlite')

describe('opening a database', () => {
  it('makes one that syncs every commit, checks references and knows its schema', () => {
    const db = openDatabase(newFile())
    const pragma = (name: string): unknown => db.pragma(name, { simple: true })
    expect(pragma('journal_mode')).toBe('wal')
    expect(pragma('synchronous')).toBe(2)
    expect(pragma('foreign_keys')).toBe(1)
    expect(pragma('user_version')).toBe(SCHEMA_VERSION)
    expect(() =>
      db.exec(`INSERT INTO videos (dataset_id, path) VALUES (99, 'nowhere.avi')`),
    ).toThrow('FOREIGN KEY')
    db.close()
  })

  it('changes nothing in one that is up to date', () => {
    const file = newFile()
    const db = openDatabase(file)
    db.exec(`INSERT INTO datasets (name, format, folder) VALUES ('a', 'ucf101', '/a')`)
    const before = db.prepare('SELECT sql FROM sqlite_schema').all()
    db.close()
    const again = openDatabase(file)
    expect(again.prepare('SELECT sql FROM sqlite_schema').all()).toEqual(before)
    expect(again.prepare('SELECT name FROM datasets').pluck().all()).toEqual(['a'])
    again.close()
  })

  it('brings an older schema up to date, keeping its rows', () => {
    const file = newFile()
    const db = new Database(file)
    migrate(db, 1)
    db.exec(`
      INSERT INTO datasets (name, format, folder) VALUES ('a', 'ucf101', '/a');
      INSERT INTO videos (dataset_id, path, class, frames, error) VALUES
        (1, 'one.avi', 'Spin', 64, NULL), (1, 'two.avi', 'Spin', 64, NULL),
        (1, 'three.avi', NULL, NULL, 'Truncated');`)
    db.close()
    const again = openDatabase(file)
    expect(again.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION)
    expect(
      again.prepare('SELECT class, damaged, readable, videos FROM video_counts').all(),
    ).toEqual([
      { class: '', damaged: 1, readable: 0, videos: 1 },
      { class: 'Spin', damaged: 0, readable: 1, videos: 2 },
    ])
    expect(again.prepare('SELECT name, annotations, split_list FROM datasets').get()).toEqual({
      name: 'a',
      annotations: null,
      split_list: 1,
    })
    again.close()
  })

  it('refuses a newer schema and leaves it as it is', () => {
    const file = newFile()
    const db = openDatabase(file)
    db.pragma(`user_version = ${SCHEMA_VERSION + 1}`)
    db.close()
    for (const readonly of [false, true]) {
      expect(() => openDatabase(file, { readonly })).toThrow(
        `has schema ${SCHEMA_VERSION + 1}; this workbench knows up to ${SCHEMA_VERSION}. ` +
          'Open the project with the newer workbench',
      )
    }
    const plain = new Database(file)
    expect(plain.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION + 1)
    plain.close()
  })

  it("refuses another program's database", () => {
    const file = newFile()
    const db = new Database(file)
    db.exec('CREATE TABLE bookmarks (url TEXT)')
    db.close()
    expect(() => openDatabase(file)).toThrow('is the database of another program')
    const plain = new Database(file)
    expect(plain.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['bookmarks'])
    plain.close()
  })

  it('says what to do with a file that is no database', () => {
    const file = newFile()
    writeFileSync(file, 'x'.repeat(5000))
    expect(() => openDatabase(file)).toThrow('is damaged or is not an SQLite database')
  })

  it('reads only what is there', () => {
    const file = newFile()
    expect(() => openDatabase(file, { readonly: true })).toThrow('There is no project at')
    expect(existsSync(file)).toBe(false)
    openDatabase(file).close()
    const reader = openDatabase(file, { readonly: true })
    expect(() =>
      reader.exec(`INSERT INTO datasets (name, format, folder) VALUES ('a', 'b', 'c')`),
    ).toThrow('readonly')
    reader.close()
  })

  it('reads no older schema, since it may not change it', () => {
    const file = newFile()
    const db = new Database(file)
    db.pragma('application_id = 0x46414d45')
    db.close()
    expect(() => openDatabase(file, { readonly: true })).toThrow('has schema 0, older than')
    expect(readdirSync(join(file, '..'))).toEqual(['workbench.sqlite'])
  })
})

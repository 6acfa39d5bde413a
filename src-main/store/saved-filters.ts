import type { Database } from 'better-sqlite3'
import { libraryViewSchema, type LibraryView, type SavedFilter } from '#shared/contract/library.ts'

interface SavedRow {
  id: number
  name: string
  filter: string
}

/** Filters that a person gave a name, with the order that went with them. */
export class SavedFilterTable {
  private readonly db: Database

  constructor(db: Database) {
    this.db = db
  }

  list(): SavedFilter[] {
    const rows = this.db.prepare<[], SavedRow>('SELECT * FROM saved_filters ORDER BY name').all()
    return rows.map(({ id, name, filter }) => {
      return { id, name, view: libraryViewSchema.parse(JSON.parse(filter)) }
    })
  }

  /** Keeps a filter under a name, in place of one that has it already. */
  save(name: string, view: LibraryView): SavedFilter[] {
    this.db
      .prepare(
        `INSERT INTO saved_filters (name, filter) VALUES (?, ?)
         ON CONFLICT DO UPDATE SET name = excluded.name, filter = excluded.filter`,
      )
      .run(name, JSON.stringify(view))
    return this.list()
  }

  delete(id: number): SavedFilter[] {
    this.db.prepare('DELETE FROM saved_filters WHERE id = ?').run(id)
    return this.list()
  }
}

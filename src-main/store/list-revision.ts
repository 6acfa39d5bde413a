import type { Database } from 'better-sqlite3'

/** What lists of videos are made from. */
const TABLES = ['datasets', 'videos', 'masks', 'mask_betas'] as const

/**
 * Counts the changes of everything that a list of videos is made from, which are the index and the
 * decisions about masks. The triggers belong to this connection and not to the file; a project has
 * one writer, so nobody else changes it meanwhile.
 */
export class ListRevision {
  private changes = 0

  constructor(db: Database) {
    db.function('note_list_change', () => {
      this.changes++
      return null
    })
    for (const table of TABLES) {
      for (const event of ['INSERT', 'UPDATE', 'DELETE']) {
        db.exec(
          `CREATE TEMP TRIGGER note_${table}_${event.toLowerCase()} AFTER ${event} ON main.${table}
           BEGIN SELECT note_list_change(); END`,
        )
      }
    }
  }

  /** Grows with each row that is added, changed or removed; a new process counts from 0. */
  get value(): number {
    return this.changes
  }
}

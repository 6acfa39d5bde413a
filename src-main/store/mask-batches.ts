import type { Database, Statement } from 'better-sqlite3'

const STANDING_BATCH = `
  SELECT batch, label, count(*) AS windows FROM mask_edits
  WHERE batch IS NOT NULL AND undone = 0 AND batch =
    (SELECT batch FROM mask_edits WHERE batch IS NOT NULL AND undone = 0
     ORDER BY batch DESC LIMIT 1)
  GROUP BY batch`

const WINDOWS_OF_BATCH = `
  SELECT mask_id AS id, NOT EXISTS
    (SELECT 1 FROM mask_edits AS newer
     WHERE newer.mask_id = edit.mask_id AND newer.undone = 0 AND newer.id > edit.id) AS latest
  FROM mask_edits AS edit
  WHERE batch IS NOT NULL AND batch = ? AND undone = 0 AND mask_id > ?
  ORDER BY mask_id LIMIT ?`

/** Decisions on many windows at once, which are undone together. */
export class MaskBatchTable {
  private readonly last: Statement<[], number>
  private readonly standing: Statement<[], { batch: number; label: string; windows: number }>
  private readonly windows: Statement<[number, number, number], { id: number; latest: number }>
  private readonly forget: Statement<[number]>

  constructor(db: Database) {
    this.last = db
      .prepare<[], number>(
        'SELECT batch FROM mask_edits WHERE batch IS NOT NULL ORDER BY batch DESC LIMIT 1',
      )
      .pluck()
    this.standing = db.prepare(STANDING_BATCH)
    this.windows = db.prepare(WINDOWS_OF_BATCH)
    this.forget = db.prepare('UPDATE mask_edits SET batch = NULL WHERE batch = ?')
  }

  /** A number for a new one. */
  next(): number {
    return (this.last.get() ?? 0) + 1
  }

  /** The one that would be undone next, and on how many windows it stands. */
  newest(): { batch: number; label: string; windows: number } | null {
    return this.standing.get() ?? null
  }

  /** Some of the windows on which it stands, by their numbers. */
  windowsOf(batch: number, after: number, limit: number): { id: number; latest: boolean }[] {
    const rows = this.windows.all(batch, after, limit)
    return rows.map(({ id, latest }) => ({ id, latest: latest !== 0 }))
  }

  /** Forgets that edits belonged to one decision. */
  dissolve(batch: number): void {
    this.forget.run(batch)
  }
}

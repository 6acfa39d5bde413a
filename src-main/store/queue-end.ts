import type { Database, Statement } from 'better-sqlite3'

/**
 * Hands out places at the end of the queue that runs and evaluations share: the time in ms, unless
 * something was queued in the same millisecond or was moved beyond it. No two are the same, so that
 * what follows a run keeps the run's own place and goes before everything queued later.
 */
export class QueueEnd {
  private readonly select: Statement<[], number>

  constructor(db: Database) {
    this.select = db
      .prepare<[], number>(
        `SELECT max((SELECT coalesce(max(place), 0) FROM runs),
                    (SELECT coalesce(max(place), 0) FROM evaluations))`,
      )
      .pluck()
  }

  next(): number {
    return Math.max(Date.now(), Math.floor(this.select.get() ?? 0) + 1)
  }
}

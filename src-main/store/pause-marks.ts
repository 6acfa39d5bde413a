import type { Database, Statement } from 'better-sqlite3'

/** Which runs are to pause, and not to stop, once their checkpoint is written. */
export class PauseMarks {
  private readonly update: Statement<[number, number]>
  private readonly select: Statement<[number], number>

  constructor(db: Database) {
    this.update = db.prepare('UPDATE runs SET pausing = ? WHERE id = ?')
    this.select = db.prepare<[number], number>('SELECT pausing FROM runs WHERE id = ?').pluck()
  }

  add(id: number): void {
    this.update.run(1, id)
  }

  delete(id: number): void {
    if (this.has(id)) this.update.run(0, id)
  }

  has(id: number): boolean {
    return this.select.get(id) === 1
  }
}

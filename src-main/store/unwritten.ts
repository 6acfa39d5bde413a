/**
 * Changes of rows that the disk has refused: they are shown as if they were stored, until the next
 * change of their row takes them along. They are lost with the process.
 */
export class Unwritten<Change extends object> {
  private readonly changes = new Map<number, Change>()

  /** Keeps a change, after what is kept of the row already. */
  keep(id: number, change: Change): void {
    this.changes.set(id, { ...this.changes.get(id), ...change })
  }

  of(id: number): Change | undefined {
    return this.changes.get(id)
  }

  has(id: number): boolean {
    return this.changes.has(id)
  }

  /** Call when the row is stored with them. */
  settle(id: number): void {
    this.changes.delete(id)
  }
}

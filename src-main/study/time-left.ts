import type { Cell } from './methods-plan.ts'

/** How long the cells of a study take, by those that were done since it was started. */
export class TimeLeft {
  private readonly measured: { cell: Cell; seconds: number }[] = []

  add(cell: Cell, seconds: number): void {
    this.measured.push({ cell, seconds })
  }

  /**
   * Seconds that some cells will take: as long as the same row took on average, or else as pretrained
   * rows do.
   * @returns null before any is measured that says something of all
   */
  of(cells: readonly Cell[]): number | null {
    const each = cells.map((cell) => this.secondsOf(cell))
    if (each.includes(null)) return null
    return each.reduce<number>((sum, seconds) => sum + seconds!, 0)
  }

  private secondsOf(cell: Cell): number | null {
    const same = this.mean(({ row }) => row.name === cell.row.name)
    return same ?? this.mean(({ row }) => row.kind === cell.row.kind) ?? this.mean(() => true)
  }

  private mean(isAlike: (cell: Cell) => boolean): number | null {
    const alike = this.measured.filter(({ cell }) => isAlike(cell))
    if (alike.length === 0) return null
    return alike.reduce((sum, { seconds }) => sum + seconds, 0) / alike.length
  }
}

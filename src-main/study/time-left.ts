/** What is trained and measured in a study; encoders of one kind take about as long. */
export interface TimedRow {
  name: string
  kind: string
}

/** How long the encoders of a study take, by those that were done since it was started. */
export class TimeLeft {
  private readonly measured: { row: TimedRow; seconds: number }[] = []

  add(row: TimedRow, seconds: number): void {
    this.measured.push({ row, seconds })
  }

  /**
   * Seconds that some encoders will take: as long as the same row took on average, or else as rows of
   * its kind do.
   * @returns null before any is measured
   */
  of(rows: readonly TimedRow[]): number | null {
    const each = rows.map((row) => this.secondsOf(row))
    if (each.includes(null)) return null
    return each.reduce<number>((sum, seconds) => sum + seconds!, 0)
  }

  private secondsOf({ name, kind }: TimedRow): number | null {
    const same = this.mean((row) => row.name === name)
    return same ?? this.mean((row) => row.kind === kind) ?? this.mean(() => true)
  }

  private mean(isAlike: (row: TimedRow) => boolean): number | null {
    const alike = this.measured.filter(({ row }) => isAlike(row))
    if (alike.length === 0) return null
    return alike.reduce((sum, { seconds }) => sum + seconds, 0) / alike.length
  }
}

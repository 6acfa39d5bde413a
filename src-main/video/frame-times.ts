/** Ticks by which distances of frames at one rate may differ, since times are rounded to ticks. */
const ROUNDING = 1n

/** Times of a video's frames in the stream's time base, in the order of its packets. */
export class FrameTimes {
  private readonly shown: bigint[] = []
  private readonly decoded: bigint[] = []
  private count = 0

  /** Frames taken note of. */
  get length(): number {
    return this.count
  }

  /** Does every frame have a time of presentation, and the first the earliest of all? */
  get firstIsEarliest(): boolean {
    const [first] = this.shown
    return (
      first !== undefined &&
      this.shown.length === this.count &&
      this.shown.every((time) => time >= first)
    )
  }

  /**
   * Do frames follow each other at different distances? Null where frames have no times. Judged by
   * times of presentation, or of decoding where one of those is missing.
   */
  get variable(): boolean | null {
    const times = [this.shown, this.decoded].find(({ length }) => length === this.count)
    if (!times || times.length < 3) return null
    const sorted = times.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    let [least, most] = [sorted[1]! - sorted[0]!, sorted[1]! - sorted[0]!]
    for (let i = 2; i < sorted.length; i++) {
      const distance = sorted[i]! - sorted[i - 1]!
      if (distance < least) least = distance
      if (distance > most) most = distance
    }
    return most - least > ROUNDING
  }

  /** @param pts time of presentation, `dts` of decoding; null where it is not known */
  add(pts: bigint | null, dts: bigint | null): void {
    this.count++
    if (pts !== null) this.shown.push(pts)
    if (dts !== null) this.decoded.push(dts)
  }
}

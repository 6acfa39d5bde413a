/** Ticks by which distances of frames at one rate may differ, since times are rounded to ticks. */
const ROUNDING = 1n

/** Share of the frames that is some few. */
const FEW = 0.05

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
    const distances = this.distances()
    if (!distances) return null
    return distances.at(-1)! - distances[0] > ROUNDING
  }

  /**
   * Are some few frames further from the next than all others? Then packets may be missing, as in a
   * damaged file whose reader went on where it could, or the camera paused.
   */
  get interrupted(): boolean {
    const distances = this.distances()
    if (!distances) return false
    const usual = distances[distances.length >> 1]
    const few = distances[Math.floor(distances.length * (1 - FEW))]
    return isLonger(distances.at(-1)!, usual) && !isLonger(few, usual)
  }

  /** @param pts time of presentation, `dts` of decoding; null where it is not known */
  add(pts: bigint | null, dts: bigint | null): void {
    this.count++
    if (pts !== null) this.shown.push(pts)
    if (dts !== null) this.decoded.push(dts)
  }

  /** From each frame to the next, the shortest first; null for fewer than two of them. */
  private distances(): bigint[] | null {
    const times = [this.shown, this.decoded].find(({ length }) => length === this.count)
    if (!times || times.length < 3) return null
    const sorted = times.toSorted(compare)
    return sorted
      .slice(1)
      .map((time, i) => time - sorted[i])
      .sort(compare)
  }
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** By half or more. */
function isLonger(distance: bigint, usual: bigint): boolean {
  return distance * 2n >= usual * 3n && distance - usual > ROUNDING
}

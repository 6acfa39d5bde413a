import { firstAtLeast, type Series } from '#shared/metrics/series.ts'

/** Points that come one by one, x growing; one that comes again takes the place of what followed. */
export class GrowingSeries {
  private xs = new Float64Array(256)
  private ys = new Float64Array(256)
  private used = 0

  /** Bytes. */
  get size(): number {
    return this.xs.byteLength + this.ys.byteLength
  }

  push(x: number, y: number): void {
    // A run that goes on from its checkpoint measures the steps after it once more.
    if (this.used > 0 && this.xs[this.used - 1] >= x) {
      this.used = firstAtLeast(this.xs.subarray(0, this.used), x)
    }
    if (this.used === this.xs.length) this.grow()
    this.xs[this.used] = x
    this.ys[this.used++] = y
  }

  /** A view of what there is; it holds until the next `push`. */
  get series(): Series {
    return { x: this.xs.subarray(0, this.used), y: this.ys.subarray(0, this.used) }
  }

  private grow(): void {
    const [xs, ys] = [this.xs, this.ys]
    this.xs = new Float64Array(2 * xs.length)
    this.ys = new Float64Array(2 * ys.length)
    this.xs.set(xs)
    this.ys.set(ys)
  }
}

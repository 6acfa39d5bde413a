/** Time over which a rate is measured, in ms. */
const WINDOW = 10_000

/** How fast work goes, over the last ten seconds. */
export class RateMeter {
  private samples: { time: number; done: number }[] = []

  /**
   * Takes note of how much is done.
   * @param time ms of a clock that only goes forward.
   * @returns items a second, and the seconds left, null while they cannot be told.
   */
  measure(done: number, total: number, time: number): { rate: number; secondsLeft: number | null } {
    this.samples.push({ time, done })
    // One sample from before the window stays, so that there is something to measure from.
    while (this.samples.length > 2 && this.samples[1].time <= time - WINDOW) this.samples.shift()
    const first = this.samples[0]
    const elapsed = (time - first.time) / 1000
    const rate = elapsed > 0 ? (done - first.done) / elapsed : 0
    return { rate, secondsLeft: rate > 0 ? (total - done) / rate : null }
  }
}

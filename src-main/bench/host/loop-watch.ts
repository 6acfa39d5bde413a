/** How long the event loop was held up at a time. Milliseconds. */
export interface LongestBlock {
  /** Between two turns of the loop, waiting for a processor included. */
  wall: number
  /** Of it, what this thread has worked. */
  worked: number
}

/**
 * Watches the event loop of this thread by going round in it without a pause. On a machine that is
 * busy with other things, `worked` says what the host itself is to blame for.
 */
export class LoopWatch {
  #running = true
  #longest: LongestBlock = { wall: 0, worked: 0 }
  #at = performance.now()
  #cpu = process.threadCpuUsage()

  constructor() {
    setImmediate(() => this.#turn())
  }

  /** The longest since the last call. */
  take(): LongestBlock {
    const longest = this.#longest
    this.#longest = { wall: 0, worked: 0 }
    return longest
  }

  stop(): void {
    this.#running = false
  }

  #turn(): void {
    const now = performance.now()
    const used = process.threadCpuUsage(this.#cpu)
    this.#longest = {
      wall: Math.max(this.#longest.wall, now - this.#at),
      worked: Math.max(this.#longest.worked, (used.user + used.system) / 1000),
    }
    this.#at = now
    this.#cpu = process.threadCpuUsage()
    if (this.#running) setImmediate(() => this.#turn())
  }
}

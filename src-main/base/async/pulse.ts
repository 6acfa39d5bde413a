/** Wakes everyone who waits for something to change. */
export class Pulse {
  private beats = 0
  private readonly waiting = new Set<() => void>()

  /** Beats so far: remember it before reading what may change, then wait for `after` it. */
  get count(): number {
    return this.beats
  }

  beat(): void {
    this.beats++
    for (const wake of [...this.waiting]) wake()
  }

  /** Resolves when there have been more than `count` beats, or when `signal` aborts. */
  after(count: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (this.beats > count || signal?.aborted) return resolve()
      const wake = (): void => {
        this.waiting.delete(wake)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      this.waiting.add(wake)
      signal?.addEventListener('abort', wake)
    })
  }
}

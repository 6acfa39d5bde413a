interface Waiting {
  work: () => Promise<void>
  order: () => number
}

/** Lets one trainer run at a time: runs and evaluations share the machine's memory and cores. */
export class TrainerSlot {
  private waiting: Waiting[] = []
  private busy: Promise<void> | null = null
  private closed = false

  /** Whether work would be begun at once. */
  get isFree(): boolean {
    return this.busy === null && !this.closed
  }

  /**
   * Does the work when its turn comes. The work must not reject.
   * @param order the least goes first, of equals the one that came first; asked when the trainer is
   * free, so that it may change while the work waits
   */
  add(work: () => Promise<void>, order: () => number): void {
    this.waiting.push({ work, order })
    this.busy ??= this.drain()
  }

  /** Starts nothing more; resolves when the current work has ended. */
  async close(): Promise<void> {
    this.closed = true
    await this.busy
  }

  private async drain(): Promise<void> {
    // Whoever adds work goes on first, and sees it as still waiting.
    await Promise.resolve()
    for (;;) {
      const next = this.closed ? undefined : this.next()
      if (!next) break
      await next.work()
    }
    this.busy = null
  }

  private next(): Waiting | undefined {
    const [first] = this.waiting
      .map((entry) => ({ entry, order: entry.order() }))
      .sort((a, b) => a.order - b.order)
    this.waiting = this.waiting.filter((entry) => entry !== first?.entry)
    return first?.entry
  }
}

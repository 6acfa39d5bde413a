/** Lets one trainer run at a time: runs and evaluations share the machine's memory and cores. */
export class TrainerSlot {
  private readonly waiting: (() => Promise<void>)[] = []
  private busy: Promise<void> | null = null
  private closed = false

  /** Does the work when its turn comes; first come, first served. The work must not reject. */
  add(work: () => Promise<void>): void {
    this.waiting.push(work)
    this.busy ??= this.drain()
  }

  /** Starts nothing more; resolves when the work under way has ended. */
  async close(): Promise<void> {
    this.closed = true
    await this.busy
  }

  private async drain(): Promise<void> {
    // Whoever adds work goes on first, and sees it as still waiting.
    await null
    for (;;) {
      const work = this.closed ? undefined : this.waiting.shift()
      if (!work) break
      await work()
    }
    this.busy = null
  }
}

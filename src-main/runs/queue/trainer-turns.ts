/**
 * Has the projects of one host take turns with the trainer, job by job: they share the machine's
 * memory and cores. Who has waited longest goes first, whatever it has waiting.
 */
export class TrainerTurns {
  private taken = false
  private waiting: (() => void)[] = []

  get isFree(): boolean {
    return !this.taken
  }

  /** Waits for a turn. @returns ends it; null where `signal` aborts before it begins */
  async take(signal: AbortSignal): Promise<(() => void) | null> {
    if (signal.aborted) return null
    if (this.taken) {
      const { promise, resolve } = Promise.withResolvers<boolean>()
      const begin = (): void => resolve(true)
      const giveUp = (): void => {
        this.waiting = this.waiting.filter((other) => other !== begin)
        resolve(false)
      }
      this.waiting.push(begin)
      signal.addEventListener('abort', giveUp, { once: true })
      const begun = await promise
      signal.removeEventListener('abort', giveUp)
      if (!begun) return null
    }
    this.taken = true
    return () => this.end()
  }

  /** The turn goes on to the next without a moment in which it is free. */
  private end(): void {
    const next = this.waiting.shift()
    if (next) next()
    else this.taken = false
  }
}

/** Lets only so many of those who ask be at work at a time; the others wait for their turn. */
export class Turns {
  readonly #most: number
  readonly #waiting: (() => void)[] = []
  #busy = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Does the work when it is its turn; work that is not wanted any more then is left out. */
  async take(work: () => Promise<void>, isWanted: () => boolean): Promise<void> {
    if (this.#busy >= this.#most) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else {
      this.#busy += 1
    }
    try {
      if (isWanted()) await work()
    } finally {
      const next = this.#waiting.shift()
      // The turn is handed on.
      if (next) next()
      else this.#busy -= 1
    }
  }
}

export interface LatestOptions<Input> {
  run: (input: Input, signal: AbortSignal) => Promise<void>
  /** Whether what runs is no use any more once `next` is wanted; then it is aborted. */
  isStale: (running: Input, next: Input) => boolean
}

/**
 * Serves a stream of wishes one at a time, always going on to the last one: a slider that moves
 * faster than the host answers gets every answer that the host can give, and never a queue.
 */
export class Latest<Input> {
  #options: LatestOptions<Input>
  #running: { input: Input; controller: AbortController } | undefined
  #next: { input: Input } | undefined

  constructor(options: LatestOptions<Input>) {
    this.#options = options
  }

  push(input: Input): void {
    this.#next = { input }
    if (!this.#running) void this.#drain()
    else if (this.#options.isStale(this.#running.input, input)) this.#running.controller.abort()
  }

  /** Drops what waits and aborts what runs. */
  cancel(): void {
    this.#next = undefined
    this.#running?.controller.abort()
  }

  async #drain(): Promise<void> {
    while (this.#next) {
      const { input } = this.#next
      this.#next = undefined
      const controller = new AbortController()
      this.#running = { input, controller }
      await this.#options.run(input, controller.signal)
    }
    this.#running = undefined
  }
}

/**
 * Painting jobs, each in a task of its own, so that what a person does comes in between: ten charts
 * that change together must not hold the page up together.
 */
export class PaintQueue {
  /** The newest job of each painter, in the order in which painters asked. */
  readonly #waiting = new Map<object, () => void>()
  readonly #defer: (next: () => void) => void
  #isDue = false

  /** @param defer calls back in a task of its own. Default: by a message. */
  constructor(defer: (next: () => void) => void = byMessage()) {
    this.#defer = defer
  }

  /** Takes the place of what the painter has asked for and not got yet. */
  push(painter: object, job: () => void): void {
    this.#waiting.set(painter, job)
    this.#next()
  }

  cancel(painter: object): void {
    this.#waiting.delete(painter)
  }

  #next(): void {
    if (this.#isDue || this.#waiting.size === 0) return
    this.#isDue = true
    this.#defer(() => {
      this.#isDue = false
      const [first] = this.#waiting
      if (!first) return
      const [painter, job] = first
      this.#waiting.delete(painter)
      try {
        job()
      } finally {
        this.#next()
      }
    })
  }
}

/** Timers that follow each other are held back by browsers; messages are not. */
function byMessage(): (next: () => void) => void {
  let due = () => {}
  let channel: MessageChannel | undefined
  return (next) => {
    due = next
    if (!channel) {
      channel = new MessageChannel()
      channel.port1.onmessage = () => due()
    }
    channel.port2.postMessage(null)
  }
}

/** The one queue of the page. */
export const paintQueue = new PaintQueue()

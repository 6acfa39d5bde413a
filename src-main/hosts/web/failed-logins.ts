/** Milliseconds that failures count for. */
const memory = 60_000
/** Failures within `memory` after which further ones are refused at once. */
const most = 20
/** Milliseconds between two lines about failures. */
const quiet = 10_000

/**
 * Failed log-ins of the last minute. A right token is never refused for the failures of others: it
 * has 256 bits, so the limit saves work and shows an attack, it is not what keeps a guesser out.
 */
export class FailedLogins {
  #times: number[] = []
  #saidAt = -Infinity
  readonly #say: (line: string) => void

  constructor(say: (line: string) => void) {
    this.#say = say
  }

  /** Counts a failure; true when there are too many of them. */
  count(address: string, now: number = Date.now()): boolean {
    this.#times = [...this.#times.filter((time) => now - time < memory), now].slice(-most - 1)
    if (now - this.#saidAt >= quiet) {
      this.#saidAt = now
      const many = this.#times.length > most ? `more than ${most}` : String(this.#times.length)
      this.#say(
        `A log-in from ${address} was refused: wrong token (${many} in the last minute). ` +
          'After a restart only the newly printed address works.',
      )
    }
    return this.#times.length > most
  }
}

import { ORPCError } from '@orpc/server'

/**
 * What one connection may ask for at a time. A page with a long list, a chart of many runs and a
 * player has about 40 calls and 10 streams at its busiest.
 */
export const socketLimits = {
  /** Calls without an answer. */
  calls: 512,
  /** Streams that are followed: runs, evaluations, jobs. */
  streams: 128,
  /** Bytes received a second; more waits in the network. */
  bytesASecond: 32 << 20,
  /** Bytes that have arrived and wait for their turn. */
  waiting: 32 << 20,
  /** Bytes on their way to the client, beyond which its calls wait. */
  leaving: 64 << 20,
} as const

/** Counts the calls and streams of one connection. */
export class CallLimits {
  #calls = 0
  #streams = 0

  /**
   * Runs a call within the limits. A stream counts until it ends or `signal`, the caller's, aborts:
   * one that is given up before it has begun is never followed, and so never ends.
   * @throws ORPCError when the connection has as many as it may have
   */
  async run<T extends { output: unknown }>(
    call: () => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    if (this.#calls >= socketLimits.calls) throw tooMany('unanswered calls', socketLimits.calls)
    this.#calls++
    try {
      const result = await call()
      if (!isIterable(result.output)) return result
      return { ...result, output: this.#counted(result.output, signal) }
    } finally {
      this.#calls--
    }
  }

  #counted(source: AsyncIterable<unknown>, signal?: AbortSignal): AsyncIterable<unknown> {
    if (signal?.aborted) return source
    if (this.#streams >= socketLimits.streams) {
      void source[Symbol.asyncIterator]().return?.()
      throw tooMany('open streams', socketLimits.streams)
    }
    this.#streams++
    let counts = true
    const leave = (): void => {
      signal?.removeEventListener('abort', leave)
      if (counts) this.#streams--
      counts = false
    }
    signal?.addEventListener('abort', leave)
    return followed(source, leave)
  }
}

async function* followed(
  source: AsyncIterable<unknown>,
  leave: () => void,
): AsyncGenerator<unknown, void, undefined> {
  try {
    yield* source
  } finally {
    leave()
  }
}

function tooMany(what: string, most: number): ORPCError<string, unknown> {
  const message = `This connection has ${most} ${what}, which is the limit. Wait until some have ended, and try again.`
  return new ORPCError('TOO_MANY_REQUESTS', { message })
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

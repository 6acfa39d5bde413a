import type { ClientContext, ClientLink, ClientOptions } from '@orpc/client'
import { shallowRef } from 'vue'

export interface Channel {
  link: ClientLink<ClientContext>
  /** Settles, never rejects, when the channel is gone. */
  closed: Promise<void>
}

/** Opens one channel to the host, or rejects with the reason why it could not. */
export type OpenChannel = () => Promise<Channel>

export type ConnectionState =
  | { phase: 'connecting' }
  | { phase: 'open' }
  /** `retryAt`: milliseconds since the epoch. */
  | { phase: 'waiting'; attempt: number; retryAt: number; reason: string }

/** Milliseconds to wait before the given attempt, counted from 1: 0.5 s doubling up to 8 s. */
export function backoff(attempt: number): number {
  return Math.min(8_000, 250 * 2 ** attempt)
}

/**
 * One lasting link to the host over channels that come and go. Calls made while there is no channel
 * wait for the next one; open calls when a channel goes are rejected by their link.
 */
export class Connection implements ClientLink<ClientContext> {
  readonly state = shallowRef<ConnectionState>({ phase: 'connecting' })
  /** Counts channels: two equal readings mean that the same channel served in between. */
  epoch = 0
  #open: OpenChannel
  #channel: Channel | undefined
  #waiters = new Set<(channel: Channel) => void>()
  #wake: (() => void) | undefined
  #onOpen = new Set<() => void>()

  constructor(open: OpenChannel) {
    this.#open = open
  }

  /** Connects, and keeps reconnecting for as long as the page lives. */
  async run(): Promise<never> {
    for (let attempt = 0; ;) {
      try {
        const channel = await this.#open()
        attempt = 0
        this.#use(channel)
        await channel.closed
        this.#channel = undefined
        await this.#pause(++attempt, 'The connection to the workbench was lost.')
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        await this.#pause(++attempt, reason)
      }
    }
  }

  /** Ends the wait before the next attempt. */
  retryNow(): void {
    this.#wake?.()
  }

  /** Calls back at every opening; returns the way to stop that. */
  onOpen(callback: () => void): () => void {
    this.#onOpen.add(callback)
    return () => this.#onOpen.delete(callback)
  }

  /** Resolves with an open channel; rejects only when the signal is aborted. */
  ready(signal?: AbortSignal): Promise<Channel> {
    if (this.#channel) return Promise.resolve(this.#channel)
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const waiter = (channel: Channel) => {
        signal?.removeEventListener('abort', abort)
        resolve(channel)
      }
      const abort = () => {
        this.#waiters.delete(waiter)
        reject(reasonOf(signal))
      }
      signal?.addEventListener('abort', abort, { once: true })
      this.#waiters.add(waiter)
    })
  }

  async call(path: readonly string[], input: unknown, options: ClientOptions<ClientContext>) {
    const channel = await this.ready(options.signal)
    return channel.link.call(path, input, options)
  }

  #use(channel: Channel): void {
    this.#channel = channel
    this.epoch += 1
    this.state.value = { phase: 'open' }
    for (const waiter of this.#waiters) waiter(channel)
    this.#waiters.clear()
    for (const callback of this.#onOpen) callback()
  }

  async #pause(attempt: number, reason: string): Promise<void> {
    const wait = backoff(attempt)
    this.state.value = { phase: 'waiting', attempt, retryAt: Date.now() + wait, reason }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, wait)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
    this.state.value = { phase: 'connecting' }
  }
}

/** Why a signal was aborted, as `throwIfAborted` throws it. */
function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason : new DOMException(String(reason), 'AbortError')
}

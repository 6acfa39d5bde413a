import type { Store } from '../store/store.ts'
import { DecoderPool } from '../video/decoder-pool.ts'
import { rereadOutdated } from './reread.ts'

/** Brings rows of older versions up to date in the background, in a decoder that gives way to others. */
export class Rereading {
  private readonly store: Store
  private readonly left = new AbortController()
  private pool: DecoderPool | null = null
  private work: Promise<unknown> = Promise.resolve()

  constructor(store: Store) {
    this.store = store
  }

  start(): void {
    const decoder = (): DecoderPool =>
      (this.pool ??= new DecoderPool({ size: 1, background: true }))
    const { store } = this
    const { signal } = this.left
    // What cannot be written now is read again by the next start, and by the next indexing.
    this.work = rereadOutdated({ store, decoder, signal })
      .catch(() => undefined)
      .finally(() => this.pool?.close())
  }

  /** Resolves when nothing is written any more. */
  async close(): Promise<void> {
    this.left.abort()
    await this.work
  }
}

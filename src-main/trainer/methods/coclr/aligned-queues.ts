import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { Engine } from '../../engine/engine.ts'
import { raw } from '../../engine/raw.ts'
import type { Tensor } from '../../engine/tensor.ts'
import { StateError, type StateDict } from '../../networks/weights.ts'
import { prefixed, unprefixed } from '../learner.ts'
import { KeyQueue } from '../queue.ts'

/** No source: what a queue holds before it is filled. */
const NOBODY = -2
const Seed = { keys: 0x71756575, oracle: 0x6f7261 } as const

/**
 * Two queues whose entries belong to the same clips: keys of the stream that trains, and keys of the
 * other one, with the numbers of the videos that they come from.
 */
export class AlignedQueues {
  private readonly engine: Engine
  private readonly seed: number
  private keys: KeyQueue
  private oracle: KeyQueue
  private sources: Float32Array
  private filled = 0
  private readonly size: { dimension: number; length: number }

  /** @param size D and K */
  constructor(engine: Engine, size: { dimension: number; length: number }, seed: number) {
    this.engine = engine
    this.size = size
    this.seed = seed
    this.keys = this.freshQueue(Seed.keys, 0)
    this.oracle = this.freshQueue(Seed.oracle, 0)
    this.sources = new Float32Array(size.length).fill(NOBODY)
  }

  /** Keys of the stream that trains, one a column, [D, K]. */
  get columns(): Tensor {
    return this.keys.columns
  }

  /** Number of the source video of each entry, [K]; -2 for none. */
  get sourcesOfEntries(): ArrayLike<number> {
    return this.sources
  }

  get isFull(): boolean {
    return this.filled >= this.size.length
  }

  /** Empties both, for a phase that begins at a step. */
  restart(step: number): void {
    this.keys.dispose()
    this.oracle.dispose()
    this.keys = this.freshQueue(Seed.keys, step)
    this.oracle = this.freshQueue(Seed.oracle, step)
    this.sources.fill(NOBODY)
    this.filled = 0
  }

  /** How similar each oracle key is to the oracle's queue, row by row, [B, K]. */
  similarityTo(oracleKeys: Tensor): Float32Array {
    const { engine, oracle } = this
    return engine.scope(() => engine.read(raw.matmul(engine, oracleKeys, oracle.columns)).slice())
  }

  /** @param oracleKeys null where nothing is mined; that queue then stays as it is */
  enqueue(keys: Tensor, oracleKeys: Tensor | null, sources: ArrayLike<number>): void {
    const { length } = this.size
    for (let i = 0; i < sources.length; i++) {
      this.sources[(this.keys.pointer + i) % length] = sources[i]
    }
    this.keys.enqueue(keys)
    if (oracleKeys) this.oracle.enqueue(oracleKeys)
    this.filled = Math.min(length, this.filled + sources.length)
  }

  /** `keys.*` and `oracle.*`, each queue and pointer, `sources` [K] and `filled`. */
  stateDict(): StateDict {
    const { keys, oracle, sources, filled } = this
    return new Map([
      ...prefixed('keys.', keys.stateDict()),
      ...prefixed('oracle.', oracle.stateDict()),
      ['sources', { shape: [sources.length], data: sources.slice() }] as const,
      ['filled', { shape: [1], data: Float32Array.of(filled) }] as const,
    ])
  }

  /** @throws StateError when the state has no queues of this size. */
  loadState(state: StateDict): void {
    const [sources, filled] = [state.get('sources')?.data, state.get('filled')?.data]
    if (sources?.length !== this.size.length || !filled) {
      throw new StateError(
        `The state has no queues of ${this.size.length} entries: resume with the queue it was saved with.`,
      )
    }
    this.keys.loadState(unprefixed('keys.', state))
    this.oracle.loadState(unprefixed('oracle.', state))
    this.sources = sources.slice()
    this.filled = filled[0]
  }

  dispose(): void {
    this.keys.dispose()
    this.oracle.dispose()
  }

  private freshQueue(kind: number, step: number): KeyQueue {
    const { dimension, length } = this.size
    return new KeyQueue(this.engine, dimension, length, new Rng(deriveSeed(this.seed, kind, step)))
  }
}

/** Values of the state of both queues. */
export function alignedQueuesSize({
  dimension,
  length,
}: {
  dimension: number
  length: number
}): number {
  return 2 * (dimension * length + 1) + length + 1
}

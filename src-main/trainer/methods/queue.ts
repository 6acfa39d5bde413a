import { attribute } from '../engine/attributes.ts'
import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import { DType, sizeOf, type Tensor } from '../engine/tensor.ts'
import { drawn } from '#shared/random/drawn.ts'
import type { Rng } from '#shared/random/rng.ts'
import { StateError, type StateDict } from '../networks/weights.ts'

/** MoCo's queue of negatives: the newest keys take the place of the oldest, one a column. */
export class KeyQueue {
  private readonly engine: Engine
  private keys: Tensor
  private next = 0

  /** Starts with random directions. @param size D @param length K */
  constructor(engine: Engine, size: number, length: number, rng: Rng) {
    this.engine = engine
    this.keys = engine.held(randomUnitColumns(size, length, rng), [size, length])
  }

  /** [D, K], columns at unit length. */
  get columns(): Tensor {
    return this.keys
  }

  /** The column that the next key goes to. */
  get pointer(): number {
    return this.next
  }

  /**
   * Puts keys [B, D] at the pointer and moves it on, around the end where there is not room enough.
   * Of more keys than there are places, the last ones stay.
   */
  enqueue(keys: Tensor): void {
    const { engine } = this
    const [, length] = this.keys.shape
    engine.scope(() => {
      const columns = raw.transpose(engine, keys, [1, 0]) // [D, B]
      const count = Math.min(keys.shape[0], length)
      const first = keys.shape[0] - count
      const toEnd = Math.min(count, length - this.next)
      this.overwrite(columns, first, toEnd)
      this.overwrite(columns, first + toEnd, count - toEnd)
    })
  }

  /** Puts one batch of keys after another. */
  enqueueAll(batches: readonly Tensor[]): void {
    for (const keys of batches) this.enqueue(keys)
  }

  /** `queue` [D, K] and `pointer` */
  stateDict(): StateDict {
    const { engine, keys, next } = this
    return engine.scope(
      () =>
        new Map([
          ['queue', { shape: [...keys.shape], data: engine.read(keys).slice() }],
          ['pointer', { shape: [1], data: Float32Array.of(next) }],
        ]),
    )
  }

  /** @throws StateError when the state has no queue of this size; nothing is changed then. */
  loadState(state: StateDict): void {
    const { columns, pointer } = this.found(state)
    const { engine, keys } = this
    engine.scope(() => this.replace(engine.tensor(columns.slice(), keys.shape)))
    this.next = pointer
  }

  /** What a state has of this queue. @throws StateError where it is missing or of another size */
  found(state: StateDict): { columns: Float32Array; pointer: number } {
    const [columns, pointer] = [state.get('queue')?.data, state.get('pointer')?.data]
    const { shape } = this.keys
    if (columns?.length === sizeOf(shape) && pointer) return { columns, pointer: pointer[0] }
    throw new StateError(
      `The state has no queue of ${shape.join('x')}. Resume with the projection size and queue with which it was saved.`,
    )
  }

  dispose(): void {
    this.engine.release(this.keys)
  }

  /** Puts `count` of the columns, from `first` on, at the pointer and moves it on. */
  private overwrite(columns: Tensor, first: number, count: number): void {
    if (count === 0) return
    const { engine, next } = this
    const [, length] = this.keys.shape
    const parts = [
      this.range(this.keys, 0, next),
      this.range(columns, first, first + count),
      this.range(this.keys, next + count, length),
    ].filter((part) => sizeOf(part.shape) > 0)
    this.replace(parts.length > 1 ? raw.concat(engine, parts, 1) : parts[0])
    this.next = (next + count) % length
  }

  /** Columns [begin, end). */
  private range(columns: Tensor, begin: number, end: number): Tensor {
    const { engine } = this
    if (begin === 0 && end === columns.shape[1]) return columns
    const bounds = [engine.passingInts([0, begin]), engine.passingInts([-1, end - begin])]
    const types = [attribute.type('T', columns.dtype), attribute.type('Index', DType.int32)]
    return engine.op('Slice', [columns, ...bounds], types)
  }

  private replace(keys: Tensor): void {
    this.engine.hold(keys)
    this.engine.release(this.keys)
    this.keys = keys
  }
}

function randomUnitColumns(size: number, length: number, rng: Rng): Float32Array {
  const values = drawn(size * length, () => rng.normal())
  for (let j = 0; j < length; j++) {
    let squares = 0
    for (let c = 0; c < size; c++) squares += values[c * length + j] ** 2
    for (let c = 0; c < size; c++) values[c * length + j] /= Math.sqrt(squares)
  }
  return values
}

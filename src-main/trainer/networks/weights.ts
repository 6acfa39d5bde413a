import type { Rng } from '#shared/random/rng.ts'
import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import { sizeOf, type Tensor } from '../engine/tensor.ts'
import type { Entry } from './blueprint.ts'
import { fromInner, toInner } from './layout.ts'

/** Named arrays under PyTorch's names, in PyTorch's layouts. */
export type StateDict = Map<string, { shape: number[]; data: Float32Array }>

/** A state that does not belong to the network; the message states the fact and the remedy. */
export class StateError extends Error {
  override name = 'StateError'
}

/**
 * The state of one network: trained parameters in one vector, so that the optimiser and the
 * momentum encoder are a few ops over all of it, and running statistics.
 */
export class Weights {
  readonly engine: Engine
  readonly entries: readonly Entry[]
  /** Entries of `theta`, in order. */
  readonly trained: readonly Entry[]
  private vector: Tensor | null = null
  private readonly statistics = new Map<Entry, Tensor>()
  /** Whose values these are, where they are shared, with the entries there that stand for the own ones. */
  private shared: { weights: Weights; entries: ReadonlyMap<Entry, Entry> } | null = null

  /** @param rng draws the initial weights; null leaves zeros, for weights that are loaded next */
  constructor(engine: Engine, entries: readonly Entry[], rng: Rng | null) {
    this.engine = engine
    this.entries = entries
    this.trained = entries.filter((entry) => entry.trained)
    const state: StateDict = new Map()
    for (const { name, shape, initial } of entries) {
      const data = rng ? initial(shape, rng) : new Float32Array(sizeOf(shape))
      state.set(name, { shape: [...shape], data })
    }
    this.load(state)
  }

  /** Number of values in `theta`. */
  get size(): number {
    return this.trained.reduce((sum, entry) => sum + sizeOf(entry.inner), 0)
  }

  /**
   * From now on these are the values of other weights: what changes here changes there. They must be
   * disposed of before the others.
   * @throws StateError where those are of another network
   */
  shareWith(weights: Weights): void {
    const [own, theirs] = [this.entries, weights.entries]
    const isAlike =
      own.length === theirs.length &&
      own.every(({ name, shape }, i) => {
        return name === theirs[i].name && shape.join() === theirs[i].shape.join()
      })
    if (!isAlike) throw new StateError('Networks of other entries cannot share their weights.')
    this.dispose()
    const entries = new Map(own.map((entry, i) => [entry, theirs[i]]))
    this.shared = { weights, entries }
  }

  /** All trained parameters, [P], in the master type. */
  get theta(): Tensor {
    return this.shared?.weights.theta ?? this.vector!
  }

  set theta(value: Tensor) {
    if (this.shared) {
      this.shared.weights.theta = value
      return
    }
    this.engine.hold(value)
    if (this.vector) this.engine.release(this.vector)
    this.vector = value
  }

  /** The running statistic of an entry. */
  statistic(entry: Entry): Tensor {
    if (this.shared) return this.shared.weights.statistic(this.shared.entries.get(entry)!)
    return this.statistics.get(entry)!
  }

  setStatistic(entry: Entry, value: Tensor): void {
    if (this.shared) {
      this.shared.weights.setStatistic(this.shared.entries.get(entry)!, value)
      return
    }
    this.engine.hold(value)
    const before = this.statistics.get(entry)
    if (before) this.engine.release(before)
    this.statistics.set(entry, value)
  }

  /** `theta` cut into its entries, each in the shape and element type that its layer reads. */
  open(): Map<Entry, Tensor> {
    const { engine, trained } = this
    const sizes = trained.map((entry) => sizeOf(entry.inner))
    const parts = raw.split(engine, this.theta, sizes, 0)
    const read = (entry: Entry, part: Tensor): Tensor =>
      engine.reshape(entry.compute ? engine.cast(part, engine.compute) : part, entry.inner)
    return new Map(trained.map((entry, i) => [entry, read(entry, parts[i])]))
  }

  /** One vector [P] from a tensor for each entry of `theta`. */
  flatten(parts: readonly Tensor[]): Tensor {
    const { engine } = this
    const flat = parts.map((part) => engine.reshape(part, [sizeOf(part.shape)]))
    return raw.concat(engine, flat, 0)
  }

  /** A vector [P] (gradients, momentum) as named arrays. */
  named(vector: Float32Array): StateDict {
    const named: StateDict = new Map()
    let offset = 0
    for (const entry of this.trained) {
      const end = offset + sizeOf(entry.inner)
      const data = fromInner(entry, vector.subarray(offset, end))
      named.set(entry.name, { shape: [...entry.shape], data })
      offset = end
    }
    return named
  }

  /** The inverse of `named`. @throws StateError when an entry is missing or of another shape. */
  unnamed(state: StateDict): Float32Array {
    const vector = new Float32Array(this.size)
    let offset = 0
    for (const entry of this.trained) {
      vector.set(toInner(entry, find(state, entry)), offset)
      offset += sizeOf(entry.inner)
    }
    return vector
  }

  /** Parameters and running statistics, in PyTorch's order. */
  stateDict(): StateDict {
    const { engine } = this
    return engine.scope(() => {
      const parameters = this.named(engine.read(this.theta))
      const state: StateDict = new Map()
      for (const entry of this.entries) {
        const { name, shape } = entry
        const data = entry.trained
          ? parameters.get(name)!.data
          : fromInner(entry, engine.read(this.statistic(entry)))
        state.set(name, { shape: [...shape], data })
      }
      return state
    })
  }

  /** @throws StateError when an entry is missing or of another shape; nothing is changed then. */
  load(state: StateDict): void {
    this.entries.forEach((entry) => find(state, entry))
    const { engine } = this
    engine.scope(() => {
      this.theta = engine.tensor(this.unnamed(state), [this.size])
      for (const entry of this.entries.filter((e) => !e.trained)) {
        const values = toInner(entry, find(state, entry))
        this.setStatistic(entry, engine.tensor(values, entry.inner))
      }
    })
  }

  /** Shared values stay as they are. */
  dispose(): void {
    if (this.shared) return
    if (this.vector) this.engine.release(this.vector)
    this.statistics.forEach((tensor) => this.engine.release(tensor))
    this.statistics.clear()
  }
}

function find(state: StateDict, { name, shape }: Entry): Float32Array {
  const found = state.get(name)
  if (!found) {
    throw new StateError(
      `The state has no '${name}', so it belongs to another network. Choose the model from which it was saved.`,
    )
  }
  if (found.shape.join() !== shape.join()) {
    throw new StateError(
      `'${name}' has the shape [${found.shape.join(', ')}], this network needs [${shape.join(', ')}]. Choose the model and projection size from which it was saved.`,
    )
  }
  return found.data
}

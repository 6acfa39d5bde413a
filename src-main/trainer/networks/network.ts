import type { Rng } from '#shared/random/rng.ts'
import type { Engine } from '../engine/engine.ts'
import type { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'
import type { Entry, Layer, Pass, PathDrop } from './blueprint.ts'
import { fineMap } from './tap.ts'
import { Weights, type StateDict } from './weights.ts'

/** Layers, and the entries of their state in PyTorch's order. */
export interface Design {
  entries: readonly Entry[]
  layer: Layer
}

/**
 * `train` normalises by the batch's statistics and moves the running ones towards them, `train, keep
 * statistics` does not move them, `evaluate` normalises by the running ones.
 */
export type RunMode = 'train' | 'train, keep statistics' | 'evaluate'

/** The weights of a network as `Weights.open` gives them; watched ones get gradients. */
export type OpenWeights = ReadonlyMap<Entry, Tensor>

/** What to run of a network, and how. */
export interface RunOptions {
  /** By default all. */
  layer?: Layer
  /** Plays a part in training mode alone. By default no branch is left out. */
  pathDrop?: PathDrop
}

/** Layers with their weights. */
export class Network {
  readonly engine: Engine
  readonly weights: Weights
  private readonly layer: Layer

  /** @param rng draws the initial weights; null leaves zeros, for weights that are loaded next */
  constructor(engine: Engine, { entries, layer }: Design, rng: Rng | null) {
    this.engine = engine
    this.layer = layer
    this.weights = new Weights(engine, entries, rng)
  }

  run(
    tape: Tape,
    x: Tensor,
    opened: OpenWeights,
    mode: RunMode,
    { layer = this.layer, pathDrop }: RunOptions = {},
  ): Tensor {
    return this.engine.scope(() => layer({ ...this.pass(tape, opened, mode), pathDrop }, x))
  }

  /** As `run` in evaluation mode, up to the deepest map of at most so many pixels between cells. */
  runFine(tape: Tape, x: Tensor, opened: OpenWeights, stride: number): Tensor {
    const pass = this.pass(tape, opened, 'evaluate')
    return this.engine.scope(() => fineMap(this.layer, pass, x, stride))
  }

  private pass(tape: Tape, opened: OpenWeights, mode: RunMode): Pass {
    const { engine, weights } = this
    return {
      engine,
      tape,
      training: mode !== 'evaluate',
      get: (entry) => opened.get(entry) ?? weights.statistic(entry),
      set: (entry, value) => {
        if (mode === 'train') weights.setStatistic(entry, value)
      },
    }
  }

  /** Parameters and running statistics under PyTorch's names, in PyTorch's layouts. */
  stateDict(): StateDict {
    return this.weights.stateDict()
  }

  /** @throws StateError when the state is not of this network; nothing is changed then. */
  loadStateDict(state: StateDict): void {
    this.weights.load(state)
  }

  dispose(): void {
    this.weights.dispose()
  }
}

import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import type { Engine } from '../engine/engine.ts'
import { cast, relu } from '../engine/ops/elementwise.ts'
import { globalMeanPool } from '../engine/ops/linear.ts'
import { normalizeRows } from '../engine/ops/normalize.ts'
import { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'
import {
  Blueprint,
  sequence,
  type Entry,
  type Layer,
  type LinearInitial,
  type Pass,
} from './blueprint.ts'
import { constant, normal } from './initial.ts'
import { I3D_FEATURES, i3d } from './i3d.ts'
import { r2plus1d, r2plus1d18, r2plus1dNarrow } from './r2plus1d.ts'
import { Weights, type StateDict } from './weights.ts'

export interface EncoderOptions {
  model: PretrainConfig['model']
  projectionSize: number
  /** Of no matter for weights that are loaded next. Default `reference`. */
  headStart?: PretrainConfig['headStart']
  /** Draws the initial weights; null leaves zeros, for weights that are loaded next. */
  seed: number | null
}

/** Normalised clips: `data` of the shape [B, T, H, W, 3]. */
export interface Clips {
  data: Float32Array
  shape: readonly [number, number, number, number, 3]
}

/** What an encoder makes of a batch, in the master type. */
export interface Encoding {
  /** Pooled features before the head, [B, C]. */
  features: Tensor
  /** [B, projectionSize] */
  projection: Tensor
}

/** What the state of a network is made of. */
export interface NetworkState {
  /** Those of the trunk, then those of the head. */
  entries: readonly Entry[]
  /** How many belong to the trunk. */
  trunkEntries: number
}

/**
 * `train` normalises by the batch's statistics and moves the running ones towards them, `train, keep
 * statistics` does not move them, `evaluate` normalises by the running ones.
 */
export type RunMode = 'train' | 'train, keep statistics' | 'evaluate'

interface Network extends NetworkState {
  featureSize: number
  trunk: Layer
  head: Layer
}

/** A video encoder with its projection head and its weights. */
export class Encoder {
  readonly engine: Engine
  readonly model: PretrainConfig['model']
  readonly projectionSize: number
  /** Length C of a clip's feature vector. */
  readonly featureSize: number
  readonly weights: Weights
  private readonly network: Network

  constructor(engine: Engine, options: EncoderOptions) {
    this.engine = engine
    this.model = options.model
    this.projectionSize = options.projectionSize
    this.network = networks[options.model](options.projectionSize, options.headStart ?? 'reference')
    this.featureSize = this.network.featureSize
    this.weights = new Weights(engine, this.network.entries, options.seed)
  }

  /**
   * Runs the network on a tape.
   * @param clips [B, T, H, W, 3], in the master type
   * @param opened the weights, as `weights.open()` gives them; watched ones get gradients.
   */
  run(tape: Tape, clips: Tensor, opened: ReadonlyMap<Entry, Tensor>, mode: RunMode): Encoding {
    const { engine } = this
    const pass = this.pass(tape, opened, mode)
    const [features, projection] = engine.scope(() => {
      const input = cast(tape, clips, engine.compute)
      const pooled = globalMeanPool(tape, this.network.trunk(pass, input))
      return [pooled, this.network.head(pass, pooled)]
    })
    return { features, projection }
  }

  /** Pooled features of clips, [B, featureSize] row by row. Evaluation mode unless asked. */
  forwardFeatures(clips: Clips, options: { training?: boolean } = {}): Float32Array {
    return this.forward(clips, 'features', options.training ? 'train' : 'evaluate')
  }

  /** Projections of clips, [B, projectionSize] row by row. Evaluation mode unless asked. */
  forwardProjection(clips: Clips, options: { training?: boolean } = {}): Float32Array {
    return this.forward(clips, 'projection', options.training ? 'train' : 'evaluate')
  }

  /** The trunk's last feature map of clips, before pooling, in evaluation mode: [B, T', H', W', C]. */
  forwardMap(clips: Clips): { data: Float32Array; shape: readonly number[] } {
    const { engine } = this
    return engine.scope(() => {
      const tape = new Tape(engine)
      const input = cast(tape, engine.tensor(clips.data, clips.shape), engine.compute)
      const map = this.network.trunk(this.pass(tape, this.weights.open(), 'evaluate'), input)
      return { data: engine.read(map), shape: map.shape }
    })
  }

  /** Parameters and running statistics under PyTorch's names, in PyTorch's layouts. */
  stateDict(): StateDict {
    return this.weights.stateDict()
  }

  /** @throws StateError when the state is not of this network. */
  loadStateDict(state: StateDict): void {
    this.weights.load(state)
  }

  dispose(): void {
    this.weights.dispose()
  }

  private pass(tape: Tape, opened: ReadonlyMap<Entry, Tensor>, mode: RunMode): Pass {
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

  private forward(clips: Clips, part: keyof Encoding, mode: RunMode): Float32Array {
    const { engine } = this
    return engine.scope(() => {
      const input = engine.tensor(clips.data, clips.shape)
      const encoding = this.run(new Tape(engine), input, this.weights.open(), mode)
      return engine.read(encoding[part])
    })
  }
}

/** An encoder with freshly drawn weights. The engine must have been loaded: `loadEngine`. */
export function createEncoder(engine: Engine, options: EncoderOptions): Encoder {
  return new Encoder(engine, options)
}

/** What the state of an encoder is made of, without TensorFlow. */
export function networkState(model: PretrainConfig['model'], projectionSize: number): NetworkState {
  const { entries, trunkEntries } = networks[model](projectionSize, 'reference')
  return { entries, trunkEntries }
}

type HeadStart = PretrainConfig['headStart']

const networks: Record<
  PretrainConfig['model'],
  (projectionSize: number, headStart: HeadStart) => Network
> = {
  r2plus1d_18: (...head) => r2plus1dNetwork(r2plus1d18, ...head),
  r2plus1d_narrow: (...head) => r2plus1dNetwork(r2plus1dNarrow, ...head),
  i3d: i3dNetwork,
}

function r2plus1dNetwork(
  size: Parameters<typeof r2plus1d>[1],
  projectionSize: number,
  headStart: HeadStart,
): Network {
  const blueprint = new Blueprint()
  const featureSize = size.stages[size.stages.length - 1]
  const trunk = r2plus1d(blueprint, size)
  return {
    trunk,
    trunkEntries: blueprint.entries.length,
    head: mlpHead(
      blueprint,
      ['fc.0', 'fc.2'],
      featureSize,
      projectionSize,
      headStart === 'reference' ? asClassifier : undefined,
    ),
    entries: blueprint.entries,
    featureSize,
  }
}

function i3dNetwork(projectionSize: number): Network {
  const blueprint = new Blueprint()
  const trunk = i3d(blueprint)
  return {
    trunk,
    trunkEntries: blueprint.entries.length,
    head: sequence(
      mlpHead(blueprint, ['id_head.2', 'id_head.4'], I3D_FEATURES, projectionSize),
      (pass, x) => normalizeRows(pass.tape, x),
    ),
    entries: blueprint.entries,
    featureSize: I3D_FEATURES,
  }
}

/**
 * How torchvision's R(2+1)D starts its classifier. The reference takes that layer as the head's
 * last; since its output is scaled to unit length, its own scale sets how fast it learns.
 */
const asClassifier: LinearInitial = { weight: normal(0.01), bias: constant(0) }

/**
 * Linear, ReLU, linear: [B, C] -> [B, C] -> [B, D]
 * @param last how the second layer starts; by default as PyTorch's linear layers do
 */
function mlpHead(
  blueprint: Blueprint,
  [first, second]: readonly [string, string],
  features: number,
  projectionSize: number,
  last?: LinearInitial,
): Layer {
  return sequence(
    blueprint.linear(first, features, features),
    (pass, x) => relu(pass.tape, x),
    blueprint.linear(second, features, projectionSize, last),
  )
}

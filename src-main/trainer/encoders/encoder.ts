import { encoders, type EncoderName } from '#shared/encoders/index.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { Engine } from '../engine/engine.ts'
import { cast } from '../engine/ops/elementwise.ts'
import { globalMeanPool } from '../engine/ops/linear.ts'
import { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'
import { Blueprint, type Entry, type PathDrop } from '../networks/blueprint.ts'
import type { GroupRule } from '../optimisers/parameters.ts'
import { Network, type OpenWeights, type RunMode } from '../networks/network.ts'
import type { StateDict, Weights } from '../networks/weights.ts'
import type { EncoderDesign, TokenLayers, Trunk } from './design.ts'
import { encoderDesigns } from './index.ts'

/** Normalised clips: `data` of the shape [B, T, H, W, 3]. */
export interface Clips {
  data: Float32Array
  shape: readonly [number, number, number, number, 3]
}

/** The entries of an encoder's state, without TensorFlow. */
export function encoderEntries(model: EncoderName): readonly Entry[] {
  const blueprint = new Blueprint()
  encoderDesigns[model].declare(blueprint)
  return blueprint.entries
}

/** Draws the weights of a run's networks, one after the other. */
export function weightsRng(seed: number): Rng {
  return new Rng(deriveSeed(seed, 0x77656967))
}

/** A video encoder: its trunk, the mean over the trunk's map, and what the trunk has to follow it. */
export class Encoder {
  readonly engine: Engine
  readonly model: EncoderName
  /** Length C of a clip's feature vector. */
  readonly featureSize: number
  private readonly trunk: Network
  private readonly layers: Trunk

  /**
   * @param rng draws the initial weights; null leaves zeros, for weights that are loaded next
   * @param built how it is built, where that is another size than the model's
   */
  constructor(
    engine: Engine,
    model: EncoderName,
    rng: Rng | null,
    built: Pick<EncoderDesign, 'declare'> = encoderDesigns[model],
  ) {
    const blueprint = new Blueprint()
    this.layers = built.declare(blueprint)
    this.engine = engine
    this.model = model
    this.featureSize = encoders[model].featureSize
    const design = { entries: blueprint.entries, layer: this.layers }
    this.trunk = new Network(engine, design, rng)
  }

  get weights(): Weights {
    return this.trunk.weights
  }

  /**
   * Pooled features of clips, in the master type.
   * @param clips [B, T, H, W, 3], in the master type
   * @param pathDrop of a transformer in training: which residual branches are left out
   * @returns [B, C]
   */
  run(tape: Tape, clips: Tensor, opened: OpenWeights, mode: RunMode, pathDrop?: PathDrop): Tensor {
    return this.engine.scope(() => {
      const pooled = globalMeanPool(tape, this.map(tape, clips, opened, mode, pathDrop))
      const { pooled: last } = this.layers
      return last ? this.trunk.run(tape, pooled, opened, mode, { layer: last }) : pooled
    })
  }

  /**
   * Of a transformer: clips as tokens in their places, with their positions, in the master type.
   * @param clips [B, T, H, W, 3], in the master type
   * @returns [B, T', H', W', C]
   * @throws RangeError for a network without tokens
   */
  embedTokens(tape: Tape, clips: Tensor, opened: OpenWeights): Tensor {
    const x = cast(tape, clips, this.engine.compute)
    return this.trunk.run(tape, x, opened, 'evaluate', { layer: this.tokenLayers.embed })
  }

  /** Of a transformer: its blocks on some tokens, [B, N, C] -> [B, N, C]. @throws as `embedTokens` */
  runTokens(tape: Tape, tokens: Tensor, opened: OpenWeights): Tensor {
    return this.trunk.run(tape, tokens, opened, 'train', { layer: this.tokenLayers.blocks })
  }

  /** Of a transformer: numbers of a token, C. @throws as `embedTokens` */
  get tokenWidth(): number {
    return this.tokenLayers.width
  }

  /**
   * Of a transformer: groups of its parameters whose rate falls by a factor with each layer down, as
   * Clark et al. (ICLR 2020) train; the layer that follows the encoder has the whole rate.
   * @throws RangeError as `embedTokens`
   */
  layerRates(factor: number): GroupRule[] {
    const { above } = this.tokenLayers
    const depths = new Set(this.weights.trained.map(({ name }) => above(name)))
    return [...depths].map((depth) => ({
      matches: ({ name }) => above(name) === depth,
      rate: factor ** depth,
    }))
  }

  private get tokenLayers(): TokenLayers {
    const { tokens } = this.layers
    if (!tokens) throw new RangeError(`${encoders[this.model].label} has no tokens.`)
    return tokens
  }

  /** Pooled features of clips, [B, featureSize] row by row. Evaluation mode unless asked. */
  forwardFeatures(clips: Clips, options: { training?: boolean } = {}): Float32Array {
    const { engine } = this
    return engine.scope(() => {
      const input = engine.tensor(clips.data, clips.shape)
      const mode = options.training ? 'train' : 'evaluate'
      return engine.read(this.run(new Tape(engine), input, this.weights.open(), mode))
    })
  }

  /** The trunk's last feature map of clips, before pooling, in evaluation mode: [B, T', H', W', C]. */
  forwardMap(clips: Clips): { data: Float32Array; shape: readonly number[] } {
    const { engine } = this
    return engine.scope(() => {
      const input = engine.tensor(clips.data, clips.shape)
      const map = this.map(new Tape(engine), input, this.weights.open(), 'evaluate')
      return { data: engine.read(map), shape: map.shape }
    })
  }

  /**
   * The deepest feature map of clips whose cells are at most `stride` pixels apart, in evaluation
   * mode: [B, T', H', W', C].
   */
  forwardFineMap(clips: Clips, stride: number): { data: Float32Array; shape: readonly number[] } {
    const { engine, trunk } = this
    return engine.scope(() => {
      const tape = new Tape(engine)
      const input = cast(tape, engine.tensor(clips.data, clips.shape), engine.compute)
      const map = trunk.runFine(tape, input, this.weights.open(), stride)
      return { data: engine.read(map), shape: map.shape }
    })
  }

  /** Parameters and running statistics under PyTorch's names, in PyTorch's layouts. */
  stateDict(): StateDict {
    return this.trunk.stateDict()
  }

  /** From now on both have the same weights and running statistics; see `Weights.shareWith`. */
  shareWith(encoder: Encoder): void {
    this.weights.shareWith(encoder.weights)
  }

  /** @throws StateError when the state is not of this network; nothing is changed then. */
  loadStateDict(state: StateDict): void {
    this.trunk.loadStateDict(state)
  }

  dispose(): void {
    this.trunk.dispose()
  }

  /**
   * The trunk's last feature map of clips, before pooling.
   * @param clips [B, T, H, W, 3], in the master type
   * @returns [B, T', H', W', C]
   */
  map(tape: Tape, clips: Tensor, opened: OpenWeights, mode: RunMode, pathDrop?: PathDrop): Tensor {
    const x = cast(tape, clips, this.engine.compute)
    return this.trunk.run(tape, x, opened, mode, { pathDrop })
  }
}

/**
 * An encoder with freshly drawn weights. The engine must have been loaded: `loadEngine`.
 * @param seed null leaves zeros, for weights that are loaded next
 */
export function createEncoder(
  engine: Engine,
  { model, seed }: { model: EncoderName; seed: number | null },
): Encoder {
  return new Encoder(engine, model, seed === null ? null : weightsRng(seed))
}

import type { EncoderName } from '#shared/encoders/index.ts'
import type { Rng } from '#shared/random/rng.ts'
import type { Engine } from '../engine/engine.ts'
import type { Tape } from '../engine/tape.ts'
import { sizeOf, type Tensor } from '../engine/tensor.ts'
import { Encoder, encoderEntries } from '../encoders/encoder.ts'
import { Network, type Design, type OpenWeights, type RunMode } from '../networks/network.ts'
import type { StateDict } from '../networks/weights.ts'
import { prefixed, unprefixed } from './learner.ts'

/** The weights of an encoder and of its head, opened for a pass. */
export interface OpenProjector {
  encoder: OpenWeights
  head: OpenWeights
}

/** What a projector is made of. */
export interface ProjectorDesign {
  model: EncoderName
  /** Takes the encoder's pooled features. */
  head: Design
}

/** An encoder with a projection head on its pooled features. */
export class Projector {
  readonly encoder: Encoder
  readonly head: Network

  /**
   * @param rng draws the encoder's weights, then the head's; null leaves zeros, for weights that are
   * loaded next
   */
  constructor(engine: Engine, { model, head }: ProjectorDesign, rng: Rng | null) {
    this.encoder = new Encoder(engine, model, rng)
    this.head = new Network(engine, head, rng)
  }

  open(): OpenProjector {
    return { encoder: this.encoder.weights.open(), head: this.head.weights.open() }
  }

  /** Projections of clips: [B, T, H, W, 3] -> [B, D] */
  run(tape: Tape, clips: Tensor, opened: OpenProjector, mode: RunMode): Tensor {
    return tape.engine.scope(() => {
      const features = this.encoder.run(tape, clips, opened.encoder, mode) // [B, C]
      return this.head.run(tape, features, opened.head, mode)
    })
  }

  /** `encoder.*` and `head.*` */
  stateDict(): StateDict {
    return new Map([
      ...prefixed('encoder.', this.encoder.stateDict()),
      ...prefixed('head.', this.head.stateDict()),
    ])
  }

  /** @throws StateError when the state is of another encoder or head. */
  loadStateDict(state: StateDict): void {
    this.encoder.loadStateDict(unprefixed('encoder.', state))
    this.head.loadStateDict(unprefixed('head.', state))
  }

  dispose(): void {
    this.encoder.dispose()
    this.head.dispose()
  }
}

/** Numbers of values of networks: those that are trained, and running statistics. */
export interface NetworkSize {
  trained: number
  statistics: number
}

/** Values of an encoder with its head. */
export function projectorSize({ model, head }: ProjectorDesign): NetworkSize {
  return designSize([...encoderEntries(model), ...head.entries])
}

/** Values of the entries of a network's state. */
export function designSize(entries: Design['entries']): NetworkSize {
  const count = (isTrained: boolean): number =>
    entries.reduce(
      (sum, { shape, trained }) => sum + (trained === isTrained ? sizeOf(shape) : 0),
      0,
    )
  return { trained: count(true), statistics: count(false) }
}

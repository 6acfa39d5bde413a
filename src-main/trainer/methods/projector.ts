import type { Rng } from '#shared/random/rng.ts'
import type { Engine } from '../engine/engine.ts'
import type { Tape } from '../engine/tape.ts'
import { sizeOf, type Tensor } from '../engine/tensor.ts'
import { Encoder, encoderEntries } from '../encoders/encoder.ts'
import { projectionHead, type HeadSize } from '../networks/heads.ts'
import { Network, type OpenWeights, type RunMode } from '../networks/network.ts'
import type { StateDict } from '../networks/weights.ts'
import { prefixed, unprefixed } from './learner.ts'

/** The weights of an encoder and of its head, opened for a pass. */
export interface OpenProjector {
  encoder: OpenWeights
  head: OpenWeights
}

/** An encoder with a projection head on its pooled features. */
export class Projector {
  readonly encoder: Encoder
  readonly head: Network

  /** @param rng draws the encoder's weights, then the head's */
  constructor(engine: Engine, size: HeadSize, rng: Rng) {
    this.encoder = new Encoder(engine, size.model, rng)
    this.head = new Network(engine, projectionHead(size), rng)
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

/** Values of an encoder with its head: those that are trained, and running statistics. */
export function projectorSize(size: HeadSize): { trained: number; statistics: number } {
  const entries = [...encoderEntries(size.model), ...projectionHead(size).entries]
  const count = (isTrained: boolean): number =>
    entries.reduce(
      (sum, { shape, trained }) => sum + (trained === isTrained ? sizeOf(shape) : 0),
      0,
    )
  return { trained: count(true), statistics: count(false) }
}

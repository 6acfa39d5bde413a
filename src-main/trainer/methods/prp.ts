import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { encoders } from '#shared/encoders/index.ts'
import { prpSettings } from '#shared/methods/prp.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { ValuesOf } from '#shared/settings/setting.ts'
import { weightsRng, type Encoder } from '../encoders/encoder.ts'
import type { Engine } from '../engine/engine.ts'
import { cropClip } from '../engine/ops/crop-clip.ts'
import { dropout } from '../engine/ops/dropout.ts'
import { globalMeanPool } from '../engine/ops/linear.ts'
import { raw } from '../engine/raw.ts'
import { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'
import { mlp } from '../networks/heads.ts'
import { Network, type Design, type OpenWeights, type RunMode } from '../networks/network.ts'
import type { StateDict, Weights } from '../networks/weights.ts'
import { classify } from '../objectives/classify.ts'
import { weightedMse } from '../objectives/weighted-mse.ts'
import { weightedSum } from '../objectives/weighted-sum.ts'
import { clipsOf } from './clips.ts'
import { GradientPass } from './gradient-pass.ts'
import {
  prefixed,
  unprefixed,
  type BatchPlace,
  type Learned,
  type Learner,
  type MadePictures,
  type MethodImplementation,
  type Views,
} from './learner.ts'
import { shownClips } from './pictures.ts'
import { designSize, Projector, projectorSize, type ProjectorDesign } from './projector.ts'
import { decoderDesign } from './prp/decoder.ts'
import { targetsOf, type Targets } from './prp/targets.ts'

export type PrpConfig = Pick<PretrainConfig, 'model' | 'frames' | 'size' | 'stride' | 'seed'> &
  ValuesOf<typeof prpSettings>

/** Pictures are made as training makes them. */
const MODE = 'train, keep statistics'

/** Tells the draws of dropped features from others. */
const DROPS = 0x70727064

/**
 * PRP (Yao et al., CVPR 2020): from the map of a clip at some playback rate, one linear layer tells the
 * rate, and a decoder gives the clip at half of it.
 */
export class Prp implements Learner {
  readonly encoder: Encoder
  readonly trained: ReadonlyMap<string, Weights>
  private readonly engine: Engine
  private readonly config: PrpConfig
  private readonly projector: Projector
  private readonly decoder: Network

  constructor(engine: Engine, config: PrpConfig) {
    const rng = weightsRng(config.seed)
    this.engine = engine
    this.config = config
    this.projector = new Projector(engine, designOf(config), rng)
    this.decoder = new Network(engine, decoderOf(config), rng)
    this.encoder = this.projector.encoder
    this.trained = new Map([
      ['encoder', this.projector.encoder.weights],
      ['head', this.projector.head.weights],
      ['decoder', this.decoder.weights],
    ])
  }

  /** There is nothing to update between steps. */
  begin(): void {}

  /**
   * @param views clips and the frames between them
   * @throws Error without the answers of the batch
   */
  learn(views: Views, at: BatchPlace): Learned {
    const { engine, config, projector } = this
    const answers = answersOf(at)
    const pass = new GradientPass(engine, this.trained)
    const tape = pass.tape()
    const [x] = clipsOf(engine, config, views.slice(0, 1)) // [B, T, S, S, 3]
    const map = projector.encoder.map(tape, x, pass.open('encoder'), 'train')
    const rng = new Rng(deriveSeed(config.seed, DROPS, at.batch))
    const features = dropout(tape, globalMeanPool(tape, map), config.dropout, rng) // [B, C]
    const logits = projector.head.run(tape, features, pass.open('head'), 'train') // [B, K]
    const { loss: rateLoss, hits } = classify(tape, logits, answers)
    const made = this.decode(tape, map, pass.open('decoder'), 'train') // [B, 2T, S, S, 3]
    const { clip, weight } = this.targets(views, answers)
    const reconstruction = weightedMse(
      tape,
      made,
      engine.tensor(clip, made.shape),
      engine.tensor(weight, made.shape),
    )
    const loss = weightedSum(tape, [
      { loss: rateLoss, weight: config.rateWeight },
      { loss: reconstruction, weight: 1 },
    ])
    pass.addLast(tape, loss)
    const metrics = new Map([
      ['loss', loss],
      ['rateLoss', rateLoss],
      ['reconstruction', reconstruction],
      ['pretext', raw.mean(engine, hits, [0])],
      ['chance', engine.scalar(1 / config.rates)],
    ])
    return { gradients: pass.gradients(), metrics }
  }

  /** What the decoder makes of the first clips, beside the truth. */
  pictures(views: Views, at: BatchPlace, most: number): MadePictures {
    const { engine, config, projector, decoder } = this
    const { frames, size } = config
    const [x] = clipsOf(engine, config, views.slice(0, 1)) // [B, T, S, S, 3]
    const count = Math.min(most, x.shape[0])
    const opened = projector.open()
    const tape = new Tape(engine)
    const map = projector.encoder.map(tape, x, opened.encoder, MODE)
    const made = this.decode(tape, map, decoder.weights.open(), MODE) // [B, 2T, S, S, 3]
    const { clip } = this.targets(views, answersOf(at))
    const shape = [count, 2 * frames, size, size, 3] as const
    const { scaling } = encoders[config.model]
    return {
      slots: Array.from({ length: count }, (_, slot) => slot),
      rows: new Map([
        ['truth', shownClips(clip, shape, scaling)],
        ['made', shownClips(engine.read(made), shape, scaling)],
      ]),
    }
  }

  /** `encoder.*`, `head.*` and `decoder.*` */
  stateDict(): StateDict {
    const { projector, decoder } = this
    return new Map([...projector.stateDict(), ...prefixed('decoder.', decoder.stateDict())])
  }

  /** @throws StateError when the state is of another encoder, head or decoder. */
  loadState(state: StateDict): void {
    this.decoder.loadStateDict(unprefixed('decoder.', state))
    this.projector.loadStateDict(state)
  }

  dispose(): void {
    this.projector.dispose()
    this.decoder.dispose()
  }

  private decode(tape: Tape, map: Tensor, opened: OpenWeights, mode: RunMode): Tensor {
    const { frames, size } = this.config
    const made = this.decoder.run(tape, map, opened, mode)
    return cropClip(tape, made, [2 * frames, size, size])
  }

  private targets(views: Views, answers: Int32Array): Targets {
    const { frames, stride, motionAttention: attends } = this.config
    const isDense = Array.from(answers, (rate) => stride * 2 ** rate < 2)
    return targetsOf(views, { frames, isDense, attends })
  }
}

function answersOf({ answers }: BatchPlace): Int32Array {
  if (!answers) throw new Error('This method needs the answers of a batch.')
  return answers[0]
}

function designOf({ model, rates }: PrpConfig): ProjectorDesign {
  return { model, head: mlp(encoders[model].featureSize, [{ outputs: rates }]) }
}

function decoderOf({ model, frames, size, decoderWidth: width }: PrpConfig): Design {
  return decoderDesign({ model, frames, size, width })
}

/** An encoder with its head, and a decoder. */
export const prpMethod: MethodImplementation = {
  create: (engine, config) => new Prp(engine, ownSettings(config, prpSettings)),
  size(config) {
    const own = ownSettings(config, prpSettings)
    const parts = [projectorSize(designOf(own)), designSize(decoderOf(own).entries)]
    const trained = parts.reduce((sum, part) => sum + part.trained, 0)
    return { trained, state: parts.reduce((sum, part) => sum + part.statistics, trained) }
  },
}

import { encoders } from '#shared/encoders/index.ts'
import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { predictionSettings } from '#shared/methods/prediction.ts'
import type { ValuesOf } from '#shared/settings/setting.ts'
import type { Engine } from '../engine/engine.ts'
import { add, cast, concatChannels, tanh } from '../engine/ops/elementwise.ts'
import { raw } from '../engine/raw.ts'
import { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'
import { Encoder, encoderEntries, weightsRng } from '../encoders/encoder.ts'
import { Network, type OpenWeights, type RunMode } from '../networks/network.ts'
import type { StateDict, Weights } from '../networks/weights.ts'
import { gradientDifference, powerLoss } from '../objectives/frame-losses.ts'
import { logisticLoss } from '../objectives/logistic.ts'
import { psnr, sharpness, ssim } from '../objectives/picture-quality.ts'
import { weightedSum } from '../objectives/weighted-sum.ts'
import { clipsOf } from './clips.ts'
import { GradientPass } from './gradient-pass.ts'
import {
  type BatchPlace,
  type Learned,
  type Learner,
  type MadeClips,
  type MadePictures,
  type MethodImplementation,
  type Treatment,
  type Views,
} from './learner.ts'
import { decoderDesign, discriminatorDesign } from './prediction/networks.ts'
import { disposeAll, loadStates, statesOf, type Networks } from './network-states.ts'
import { toUnit } from './pictures.ts'
import { stackFrames, unstackFrames } from './prediction/stacked.ts'
import { designSize } from './projector.ts'

export type PredictionConfig = Pick<PretrainConfig, 'model' | 'frames' | 'size' | 'seed'> &
  ValuesOf<typeof predictionSettings>

/** A clip cut into what is seen and what is to be predicted; frames are stacked, in [-1, 1]. */
interface Cut {
  /** As the encoder takes it, [B, past, S, S, 3]. */
  clip: Tensor
  /** [B, 1, S, S, 3 past] */
  past: Tensor
  /** [B, 1, S, S, 3 future] */
  truth: Tensor
  /** The last frame that is seen, in place of each that follows, likewise. */
  copy: Tensor
}

type Opened = Record<'encoder' | 'decoder', OpenWeights>

/**
 * Prediction of the frames that follow a clip (Mathieu et al., ICLR 2016), with the encoder of clips in
 * place of the paper's convolutions over four scales.
 */
export class Prediction implements Learner {
  readonly encoder: Encoder
  readonly trained: ReadonlyMap<string, Weights>
  readonly treatments: ReadonlyMap<string, Treatment>
  private readonly engine: Engine
  private readonly config: PredictionConfig
  private readonly decoder: Network
  /** Null where predictions are not judged. */
  private readonly discriminator: Network | null

  constructor(engine: Engine, config: PredictionConfig) {
    this.engine = engine
    this.config = config
    const rng = weightsRng(config.seed)
    this.encoder = new Encoder(engine, config.model, rng)
    this.decoder = new Network(engine, decoderOf(config), rng)
    this.discriminator =
      config.adversarial > 0 ? new Network(engine, discriminatorOf(config), rng) : null
    this.trained = new Map([...this.networks()].map(([name, { weights }]) => [name, weights]))
    const rule = { matches: () => true, rate: config.discriminatorRate }
    this.treatments = new Map([['discriminator', { rules: [rule] }]])
  }

  /** There is nothing to update between steps. */
  begin(): void {}

  /** @param views one clip of each video: the frames that are seen, then those that follow */
  learn(views: Views): Learned {
    const { engine } = this
    const cut = this.cut(views)
    const pass = new GradientPass(engine, this.trained)
    const tape = pass.tape(['encoder', 'decoder'])
    const opened = { encoder: pass.open('encoder'), decoder: pass.open('decoder') }
    const predicted = this.predict(tape, cut, opened, 'train')
    const metrics = this.lose(pass, tape, cut, predicted)
    for (const [name, value] of this.judge(cut, predicted)) metrics.set(name, value)
    return { gradients: pass.gradients(), metrics }
  }

  pictures(views: Views, _: BatchPlace, most: number): MadePictures {
    const { engine } = this
    const cut = this.cut(views)
    const opened = { encoder: this.encoder.weights.open(), decoder: this.decoder.weights.open() }
    // With the statistics of the whole batch, as in training: the running ones lag behind at first.
    const predicted = this.predict(new Tape(engine), cut, opened, 'train, keep statistics')
    const count = Math.min(most, cut.clip.shape[0])
    const shown = (x: Tensor): MadeClips => {
      const clips = unstackFrames(engine, toUnit(engine, x), count)
      const [, frames, size] = clips.shape
      return { data: engine.read(clips).slice(), shape: [count, frames, size, size, 3] }
    }
    const rows = new Map([
      ['past', shown(cut.past)],
      ['truth', shown(cut.truth)],
      ['predicted', shown(predicted)],
      ['copied', shown(cut.copy)],
    ])
    return { slots: Array.from({ length: count }, (_slot, i) => i), rows }
  }

  /** `encoder.*`, `decoder.*` and, where there is one, `discriminator.*` */
  stateDict(): StateDict {
    return statesOf(this.networks())
  }

  /** @throws StateError when the state is of another encoder or decoder. */
  loadState(state: StateDict): void {
    loadStates(this.networks(), state)
  }

  dispose(): void {
    disposeAll(this.networks())
  }

  private networks(): Networks {
    const networks = new Map<string, Network | Encoder>()
    networks.set('encoder', this.encoder).set('decoder', this.decoder)
    if (this.discriminator) networks.set('discriminator', this.discriminator)
    return networks
  }

  private cut(views: Views): Cut {
    const { engine, config } = this
    const { future } = config
    const [whole] = clipsOf(engine, config, views)
    const [clip, after] = raw.split(engine, whole, [config.frames - future, future], 1)
    const { scaling } = encoders[config.model]
    const past = stackFrames(engine, clip, scaling)
    const [b, , size] = past.shape
    const last = raw.slice(engine, past, [0, 0, 0, 0, past.shape[4] - 3], [b, 1, size, size, 3])
    const copy = raw.concat(engine, new Array<Tensor>(future).fill(last), 4)
    return { clip, past, truth: stackFrames(engine, after, scaling), copy }
  }

  /** [B, 1, S, S, 3 future], in the master type */
  private predict(tape: Tape, cut: Cut, opened: Opened, mode: RunMode): Tensor {
    const { engine } = tape
    return engine.scope(() => {
      const map = this.encoder.map(tape, cut.clip, opened.encoder, mode)
      const given = cast(tape, this.decoder.run(tape, map, opened.decoder, mode), engine.master)
      return this.config.residual ? add(tape, given, cut.copy) : tanh(tape, given)
    })
  }

  /** Adds the gradients of all losses. @returns the losses by name */
  private lose(pass: GradientPass, tape: Tape, cut: Cut, predicted: Tensor): Map<string, Tensor> {
    const { engine, config, discriminator } = this
    const [p, y] = [squeeze(tape, predicted), flatten(engine, cut.truth)]
    const pixel = powerLoss(tape, p, y, config.power)
    const edges = gradientDifference(tape, p, y, config.edgePower)
    const parts = [
      { loss: pixel, weight: 1 },
      { loss: edges, weight: config.edges },
    ]
    const metrics = new Map([
      ['pixel', pixel],
      ['edges', edges],
    ])
    if (discriminator) {
      const opened = pass.open('discriminator')
      const judged = (on: Tape, frames: Tensor, mode: RunMode): Tensor => {
        const both = cast(on, concatChannels(on, [cut.past, frames]), engine.compute)
        return discriminator.run(on, both, opened, mode)
      }
      const own = pass.tape(['discriminator'])
      const truth = logisticLoss(own, judged(own, cut.truth, 'train'), true)
      const fake = logisticLoss(own, judged(own, predicted, 'train'), false)
      const half = weightedSum(own, [
        { loss: truth, weight: 0.5 },
        { loss: fake, weight: 0.5 },
      ])
      pass.add(own, half)
      const fooled = logisticLoss(tape, judged(tape, predicted, 'train, keep statistics'), true)
      parts.push({ loss: fooled, weight: config.adversarial })
      metrics.set('adversarial', fooled).set('discriminator', half)
    }
    const loss = weightedSum(tape, parts)
    pass.addLast(tape, loss)
    return new Map([['loss', loss], ...metrics])
  }

  /** How near the prediction comes to the truth, and how near the copy of the last frame does. */
  private judge(cut: Cut, predicted: Tensor): Map<string, Tensor> {
    const { engine } = this
    const pictures = (x: Tensor): Tensor => toUnit(engine, flatten(engine, x))
    const [p, y, copy] = [predicted, cut.truth, cut.copy].map(pictures)
    const scores = { psnr, ssim, sharpness }
    const found = new Map(
      Object.entries(scores).flatMap(([name, score]) => [
        [name, score(engine, p, y)] as const,
        [`${name}Copy`, score(engine, copy, y)] as const,
      ]),
    )
    const gain = raw.subtract(engine, found.get('psnr')!, found.get('psnrCopy')!)
    return found.set('gain', gain)
  }
}

/** [B, 1, H, W, K] -> [B, H, W, K] */
function flatten(engine: Engine, x: Tensor): Tensor {
  const [b, , h, w, k] = x.shape
  return engine.reshape(x, [b, h, w, k])
}

function squeeze(tape: Tape, x: Tensor): Tensor {
  const { engine } = tape
  return tape.record(flatten(engine, x), [x], [], (dy) => [engine.reshape(dy, x.shape)])
}

function decoderOf({ model, size, width, future }: PredictionConfig) {
  return decoderDesign({ model, size, width, future })
}

function discriminatorOf({ frames, width }: PredictionConfig) {
  return discriminatorDesign({ frames, width })
}

/** An encoder, a decoder, and a discriminator where its weight is not 0. */
export const predictionMethod: MethodImplementation = {
  create: (engine, config) => new Prediction(engine, ownSettings(config, predictionSettings)),
  size(config) {
    const own = ownSettings(config, predictionSettings)
    const designs = [decoderOf(own), ...(own.adversarial > 0 ? [discriminatorOf(own)] : [])]
    const entries = [...encoderEntries(own.model), ...designs.flatMap((design) => design.entries)]
    const { trained, statistics } = designSize(entries)
    return { trained, state: trained + statistics }
  },
}

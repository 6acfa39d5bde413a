import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { encoders } from '#shared/encoders/index.ts'
import { videoganSettings } from '#shared/methods/videogan.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { ValuesOf } from '#shared/settings/setting.ts'
import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'
import { Encoder, encoderEntries, weightsRng } from '../encoders/encoder.ts'
import { Network, type RunMode } from '../networks/network.ts'
import type { StateDict, Weights } from '../networks/weights.ts'
import { crossEntropy } from '../objectives/cross-entropy.ts'
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
import { disposeAll, loadStates, statesOf, type Networks } from './network-states.ts'
import { toUnit } from './pictures.ts'
import { designSize } from './projector.ts'
import { Generator, meanOf, scaled, type MadeParts } from './videogan/generator.ts'
import { generatorDesign, verdictDesign } from './videogan/networks.ts'

export type VideoganConfig = Pick<PretrainConfig, 'model' | 'frames' | 'size' | 'seed'> &
  ValuesOf<typeof videoganSettings>

/** Tell the noise of training and that of the samples that are shown from other random numbers. */
const NOISE = 0x6e6f6973
const SHOWN = 0x73686f77

/** The discriminator's answers, as classes. */
const MADE = 0
const REAL = 1

/**
 * VideoGAN (Vondrick et al., NeurIPS 2016): a generator makes clips of noise, and a discriminator tells
 * them from real ones. The discriminator without its last layer is the encoder. Both networks are
 * updated in each step, from the same weights.
 */
export class Videogan implements Learner {
  readonly encoder: Encoder
  readonly trained: ReadonlyMap<string, Weights>
  readonly treatments: ReadonlyMap<string, Treatment>
  private readonly engine: Engine
  private readonly config: VideoganConfig
  private readonly verdict: Network
  private readonly generator: Generator

  constructor(engine: Engine, config: VideoganConfig) {
    this.engine = engine
    this.config = config
    const rng = weightsRng(config.seed)
    this.encoder = new Encoder(engine, config.model, rng)
    this.verdict = new Network(engine, verdictDesign(config), rng)
    this.generator = new Generator(engine, generatorSize(config), rng)
    const networks = this.networks()
    this.trained = new Map([...networks].map(([name, { weights }]) => [name, weights]))
    const { beta1 } = config
    this.treatments = new Map([...networks.keys()].map((name) => [name, { beta1 }]))
  }

  /** There is nothing to update between steps. */
  begin(): void {}

  /** @param views one clip of each video, the real ones */
  learn(views: Views, at: BatchPlace): Learned {
    const { engine, config } = this
    const [real] = clipsOf(engine, config, views)
    const noise = engine.tensor(drawNoise(config, at.batch, real.shape[0]), [
      real.shape[0],
      1,
      1,
      1,
      config.noise,
    ])
    const pass = new GradientPass(engine, this.trained)
    const making = pass.tape(['generator'])
    const made = this.generator.run(making, noise, pass.open('generator'), 'train')
    const clips = scaled(making, made.clips, encoders[config.model].scaling)

    const judging = pass.tape(['encoder', 'head'])
    const ofReal = this.judge(judging, pass, real, 'train')
    const ofMade = this.judge(judging, pass, clips, 'train')
    const loss = weightedSum(judging, [
      { loss: answered(judging, ofReal, REAL), weight: 0.5 },
      { loss: answered(judging, ofMade, MADE), weight: 0.5 },
    ])
    pass.add(judging, loss)

    const again = this.judge(making, pass, clips, 'train, keep statistics')
    const fooled = answered(making, again, REAL)
    const mask = meanOf(making, made.mask)
    const total = weightedSum(making, [
      { loss: fooled, weight: 1 },
      { loss: mask, weight: config.maskPenalty },
    ])
    pass.add(making, total)
    const right = [rightShare(engine, ofReal, REAL), rightShare(engine, ofMade, MADE)]
    const accuracy = raw.scale(engine, raw.add(engine, right[0], right[1]), 0.5)
    const metrics = new Map([
      ['loss', loss],
      ['generator', fooled],
      ['told', accuracy],
      ['mask', mask],
    ])
    return { gradients: pass.gradients(), metrics }
  }

  pictures(views: Views, _: BatchPlace, most: number): MadePictures {
    const { engine, config } = this
    const { frames, size, noise } = config
    const batch = views[0].length / (frames * size * size * 3)
    const z = engine.tensor(shownNoise(config, batch), [batch, 1, 1, 1, noise])
    const opened = this.generator.network.weights.open()
    // With the statistics of a batch, as in training: the running ones lag behind at first.
    const made = this.generator.run(new Tape(engine), z, opened, 'train, keep statistics')
    return { slots: null, rows: this.rows(made, Math.min(most, batch)) }
  }

  /** `encoder.*`, `head.*` and `generator.*` */
  stateDict(): StateDict {
    return statesOf(this.networks())
  }

  /** @throws StateError when the state is of another encoder or generator. */
  loadState(state: StateDict): void {
    loadStates(this.networks(), state)
  }

  dispose(): void {
    disposeAll(this.networks())
  }

  private networks(): Networks {
    const networks = new Map<string, Network | Encoder>()
    return networks
      .set('encoder', this.encoder)
      .set('head', this.verdict)
      .set('generator', this.generator.network)
  }

  /** Logits of clips, [B, 2]. */
  private judge(tape: Tape, pass: GradientPass, clips: Tensor, mode: RunMode): Tensor {
    const map = this.encoder.map(tape, clips, pass.open('encoder'), mode)
    return this.verdict.run(tape, map, pass.open('head'), mode)
  }

  private rows(made: MadeParts, count: number): Map<string, MadeClips> {
    const { engine } = this
    const shown = (x: Tensor): MadeClips => {
      const [, frames, size, width, channels] = x.shape
      const first = raw.slice(engine, x, [0, 0, 0, 0, 0], [count, frames, size, width, channels])
      const colours = raw.broadcast(engine, first, [count, frames, size, width, 3])
      return { data: engine.read(colours).slice(), shape: [count, frames, size, width, 3] }
    }
    return new Map([
      ['sample', shown(toUnit(engine, made.clips))],
      ['foreground', shown(toUnit(engine, made.foreground))],
      ['mask', shown(made.mask)],
      ['background', shown(toUnit(engine, made.background))],
    ])
  }
}

/** Normal noise of a micro-batch, [B, Z] row by row: it follows from the seed and the place alone. */
export function drawNoise(
  { seed, noise }: Pick<VideoganConfig, 'seed' | 'noise'>,
  batch: number,
  clips: number,
): Float32Array {
  const rng = new Rng(deriveSeed(seed, NOISE, batch))
  return Float32Array.from({ length: clips * noise }, () => rng.normal())
}

/** Of the samples that are shown: the same in every step. */
function shownNoise({ seed, noise }: VideoganConfig, clips: number): Float32Array {
  const rng = new Rng(deriveSeed(seed, SHOWN))
  return Float32Array.from({ length: clips * noise }, () => rng.normal())
}

/** Cross-entropy with one answer for all. @param logits [B, 2] */
function answered(tape: Tape, logits: Tensor, answer: number): Tensor {
  return crossEntropy(tape, logits, new Array<number>(logits.shape[0]).fill(answer))
}

/** Share of clips that get the answer. @param logits [B, 2] */
function rightShare(engine: Engine, logits: Tensor, answer: number): Tensor {
  const [made, real] = raw.split(engine, logits, [1, 1], 1)
  const lead = answer === REAL ? raw.subtract(engine, real, made) : raw.subtract(engine, made, real)
  // 1 where it leads, 0 where not; halves for ties.
  const half = raw.scale(engine, raw.sign(engine, lead), 0.5)
  return raw.mean(engine, raw.add(engine, half, engine.scalar(0.5)), [0, 1])
}

function generatorSize({ frames, size, noise, width }: VideoganConfig) {
  return { frames, size, noise, width }
}

/** An encoder, a last layer of the discriminator, and a generator. */
export const videoganMethod: MethodImplementation = {
  create: (engine, config) => new Videogan(engine, ownSettings(config, videoganSettings)),
  size(config) {
    const own = ownSettings(config, videoganSettings)
    const { trained, statistics } = designSize([
      ...encoderEntries(own.model),
      ...verdictDesign(own).entries,
      ...generatorDesign(generatorSize(own)).entries,
    ])
    return { trained, state: trained + statistics }
  },
}

import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { byolSettings } from '#shared/methods/byol.ts'
import type { ValuesOf } from '#shared/settings/setting.ts'
import type { Engine } from '../engine/engine.ts'
import { meanOfScalars } from '../engine/ops/elementwise.ts'
import { normalizeRows } from '../engine/ops/normalize.ts'
import { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'
import { weightsRng, type Encoder } from '../encoders/encoder.ts'
import { embeddingHead, hiddenSizeOf, predictionHead } from '../networks/heads.ts'
import { Network, type Design } from '../networks/network.ts'
import type { StateDict, Weights } from '../networks/weights.ts'
import { meanCosine, squaredDistance } from '../objectives/cosine.ts'
import { spreadOf } from '../objectives/spread.ts'
import { emaMomentum } from '../optimisers/schedule.ts'
import { clipsOf } from './clips.ts'
import { EmaCopy } from './ema-copy.ts'
import { GradientPass } from './gradient-pass.ts'
import {
  prefixed,
  unprefixed,
  type BatchPlace,
  type Learned,
  type Learner,
  type MethodImplementation,
  type Views,
} from './learner.ts'
import { designSize, Projector, projectorSize, type ProjectorDesign } from './projector.ts'

export type ByolConfig = Pick<PretrainConfig, 'model' | 'frames' | 'size' | 'seed'> &
  ValuesOf<typeof byolSettings>

const METRICS = ['loss', 'positive', 'spread'] as const

/**
 * BYOL (Grill et al., NeurIPS 2020): the online network predicts, for each clip of a video, what the
 * target network, its moving average, makes of the other clips. Each network sees one clip of every
 * video in a pass, so batch statistics are those of one view.
 */
export class Byol implements Learner {
  readonly encoder: Encoder
  readonly trained: ReadonlyMap<string, Weights>
  private readonly engine: Engine
  private readonly config: ByolConfig
  private readonly online: Projector
  private readonly predictor: Network
  private readonly target: EmaCopy

  constructor(engine: Engine, config: ByolConfig) {
    const design = designOf(config)
    const rng = weightsRng(config.seed)
    this.engine = engine
    this.config = config
    this.online = new Projector(engine, design, rng)
    this.predictor = new Network(engine, predictorOf(config), rng)
    this.target = new EmaCopy(engine, this.online, design)
    this.encoder = this.online.encoder
    this.trained = new Map([
      ['encoder', this.online.encoder.weights],
      ['head', this.online.head.weights],
      ['predictor', this.predictor.weights],
    ])
  }

  /** EMA update of the target network. */
  begin({ step, steps }: Pick<BatchPlace, 'step' | 'steps'>): void {
    const { targetMomentum, targetMomentumSchedule } = this.config
    this.target.follow(emaMomentum(targetMomentum, targetMomentumSchedule, step, steps))
  }

  /** @param views rho clips of each video */
  learn(views: Views): Learned {
    const { engine } = this
    const pass = new GradientPass(engine, this.trained)
    const clips = clipsOf(engine, this.config, views)
    const targets = this.targetsOf(clips)
    const each = clips.map((_, clip) => this.predict(clip, { clips, targets, pass }))
    const measuring = new Tape(engine)
    const metrics = METRICS.map((name, i) => {
      const mean = meanOfScalars(
        measuring,
        each.map((measured) => measured[i]),
      )
      return [name, mean] as const
    })
    return { gradients: pass.gradients(), metrics: new Map(metrics) }
  }

  /** What the target network makes of each clip, at unit length: [B, D] each. */
  private targetsOf(clips: readonly Tensor[]): Tensor[] {
    const { engine, target } = this
    const opened = target.projector.open()
    return clips.map((x) =>
      engine.scope(() => {
        const tape = new Tape(engine)
        return normalizeRows(tape, target.projector.run(tape, x, opened, 'train'))
      }),
    )
  }

  /** One clip against the targets of all others. @returns its metrics, as `METRICS` orders them */
  private predict(
    clip: number,
    step: { clips: readonly Tensor[]; targets: readonly Tensor[]; pass: GradientPass },
  ): Tensor[] {
    const { engine, online, predictor } = this
    const { clips, targets, pass } = step
    return engine.scope(() => {
      const tape = pass.tape()
      const opened = { encoder: pass.open('encoder'), head: pass.open('head') }
      const z = online.run(tape, clips[clip], opened, 'train') // [B, D]
      const p = normalizeRows(tape, predictor.run(tape, z, pass.open('predictor'), 'train'))
      const others = targets.filter((_, i) => i !== clip)
      const loss = meanOfScalars(
        tape,
        others.map((target) => squaredDistance(tape, p, target)),
      )
      const measuring = new Tape(engine)
      const cosines = others.map((target) => meanCosine(measuring, p, target))
      const positive = meanOfScalars(measuring, cosines)
      if (clip === clips.length - 1) pass.addLast(tape, loss, 1 / clips.length)
      else pass.add(tape, loss, 1 / clips.length)
      return [loss, positive, spreadOf(engine, normalizeRows(measuring, z))]
    })
  }

  /** `encoder.*`, `head.*` and `predictor.*`, and of the target network `ema.encoder.*`, `ema.head.*`. */
  stateDict(): StateDict {
    const { online, predictor, target } = this
    return new Map([
      ...online.stateDict(),
      ...prefixed('predictor.', predictor.stateDict()),
      ...target.stateDict(),
    ])
  }

  /** @throws StateError when the state is of another encoder or of other heads. */
  loadState(state: StateDict): void {
    this.online.loadStateDict(state)
    this.predictor.loadStateDict(unprefixed('predictor.', state))
    this.target.loadState(state)
  }

  dispose(): void {
    for (const part of [this.online, this.predictor, this.target]) part.dispose()
  }
}

function designOf(config: ByolConfig): ProjectorDesign {
  const head = embeddingHead({ ...config, headStart: 'uniform', keepsBias: true })
  return { model: config.model, head }
}

function predictorOf(config: ByolConfig): Design {
  const hidden = hiddenSizeOf(config)
  return predictionHead({ inputs: config.projectionSize, hidden, keepsBias: true })
}

/** The online network with its predictor, and the target network. */
export const byolMethod: MethodImplementation = {
  create: (engine, config) => new Byol(engine, ownSettings(config, byolSettings)),
  size(given) {
    const config = ownSettings(given, byolSettings)
    const online = projectorSize(designOf(config))
    const predictor = designSize(predictorOf(config).entries)
    return {
      trained: online.trained + predictor.trained,
      state: 2 * (online.trained + online.statistics) + predictor.trained + predictor.statistics,
    }
  },
}

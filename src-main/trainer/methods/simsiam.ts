import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { simsiamSettings } from '#shared/methods/simsiam.ts'
import type { ValuesOf } from '#shared/settings/setting.ts'
import type { Engine } from '../engine/engine.ts'
import { meanOfScalars } from '../engine/ops/elementwise.ts'
import { normalizeRows } from '../engine/ops/normalize.ts'
import type { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'
import { weightsRng, type Encoder } from '../encoders/encoder.ts'
import { embeddingHead, predictionHead } from '../networks/heads.ts'
import { Network, type Design } from '../networks/network.ts'
import type { StateDict, Weights } from '../networks/weights.ts'
import { affine, negativeCosine, stopGradient } from '../objectives/cosine.ts'
import { spreadOf } from '../objectives/spread.ts'
import { clipsOf } from './clips.ts'
import { GradientPass } from './gradient-pass.ts'
import {
  prefixed,
  unprefixed,
  type Learned,
  type Learner,
  type MethodImplementation,
  type Treatment,
  type Views,
} from './learner.ts'
import { designSize, Projector, projectorSize, type ProjectorDesign } from './projector.ts'

export type SimsiamConfig = Pick<PretrainConfig, 'model' | 'frames' | 'size' | 'seed'> &
  ValuesOf<typeof simsiamSettings>

/** What becomes of one clip of every video: [B, D] each. */
interface Embedded {
  /** Prediction, at unit length. */
  p: Tensor
  /** Projection at unit length, as others predict it. */
  target: Tensor
}

/**
 * SimSiam (Chen and He, CVPR 2021): the prediction of each clip approaches the projections of the other
 * clips of its video, through which no gradient flows. Each view has a pass of its own.
 */
export class Simsiam implements Learner {
  readonly encoder: Encoder
  readonly trained: ReadonlyMap<string, Weights>
  readonly treatments: ReadonlyMap<string, Treatment>
  private readonly engine: Engine
  private readonly config: SimsiamConfig
  private readonly projector: Projector
  private readonly predictor: Network | null

  constructor(engine: Engine, config: SimsiamConfig) {
    const rng = weightsRng(config.seed)
    this.engine = engine
    this.config = config
    this.projector = new Projector(engine, designOf(config), rng)
    this.predictor = config.predictor ? new Network(engine, predictorOf(config), rng) : null
    this.encoder = this.projector.encoder
    this.trained = new Map([
      ['encoder', this.projector.encoder.weights],
      ['head', this.projector.head.weights],
      ...(this.predictor ? [['predictor', this.predictor.weights] as const] : []),
    ])
    this.treatments = new Map([['predictor', { constantRate: config.constantPredictorRate }]])
  }

  /** There is nothing to update between steps. */
  begin(): void {}

  /** @param views rho clips of each video */
  learn(views: Views): Learned {
    const { engine } = this
    const pass = new GradientPass(engine, this.trained)
    const tape = pass.tape()
    const embedded = clipsOf(engine, this.config, views).map((x) => this.embed(tape, x, pass))
    const losses = embedded.flatMap(({ p }, i) =>
      embedded.flatMap(({ target }, j) => (i === j ? [] : [negativeCosine(tape, p, target)])),
    )
    const loss = meanOfScalars(tape, losses)
    const spreads = embedded.map(({ target }) => spreadOf(engine, target))
    const metrics = new Map([
      ['loss', loss],
      ['positive', affine(tape, loss, -1, 0)],
      ['spread', meanOfScalars(tape, spreads)],
    ])
    pass.addLast(tape, loss)
    return { gradients: pass.gradients(), metrics }
  }

  private embed(tape: Tape, x: Tensor, pass: GradientPass): Embedded {
    const { projector, predictor, config } = this
    const opened = { encoder: pass.open('encoder'), head: pass.open('head') }
    const z = projector.run(tape, x, opened, 'train')
    const target = normalizeRows(tape, config.stopGradient ? stopGradient(tape, z) : z)
    const predicted = predictor?.run(tape, z, pass.open('predictor'), 'train') ?? z
    return { p: normalizeRows(tape, predicted), target }
  }

  /** `encoder.*` and `head.*`, and `predictor.*` where there is one. */
  stateDict(): StateDict {
    const { projector, predictor } = this
    return new Map([
      ...projector.stateDict(),
      ...(predictor ? prefixed('predictor.', predictor.stateDict()) : []),
    ])
  }

  /** @throws StateError when the state is of another encoder or of other heads. */
  loadState(state: StateDict): void {
    this.projector.loadStateDict(state)
    this.predictor?.loadStateDict(unprefixed('predictor.', state))
  }

  dispose(): void {
    this.projector.dispose()
    this.predictor?.dispose()
  }
}

function designOf(config: SimsiamConfig): ProjectorDesign {
  return { model: config.model, head: embeddingHead({ ...config, headStart: 'uniform' }) }
}

function predictorOf({ projectionSize, predictorSize }: SimsiamConfig): Design {
  return predictionHead({ inputs: projectionSize, hidden: predictorSize })
}

/** An encoder with its head, and the predictor. */
export const simsiamMethod: MethodImplementation = {
  create: (engine, config) => new Simsiam(engine, ownSettings(config, simsiamSettings)),
  size(given) {
    const config = ownSettings(given, simsiamSettings)
    const own = projectorSize(designOf(config))
    const none = { trained: 0, statistics: 0 }
    const predictor = config.predictor ? designSize(predictorOf(config).entries) : none
    const trained = own.trained + predictor.trained
    return { trained, state: trained + own.statistics + predictor.statistics }
  },
}

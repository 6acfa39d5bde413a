import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { keysPerVideo, mocoSettings } from '#shared/methods/moco.ts'
import type { ValuesOf } from '#shared/settings/setting.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { Engine } from '../engine/engine.ts'
import { meanOfScalars } from '../engine/ops/elementwise.ts'
import { normalizeRows } from '../engine/ops/normalize.ts'
import { gatherRows } from '../engine/ops/over-ranks.ts'
import { raw } from '../engine/raw.ts'
import { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'
import { weightsRng, type Encoder } from '../encoders/encoder.ts'
import { embeddingHead, hiddenSizeOf, predictionHead } from '../networks/heads.ts'
import { Network, type Design } from '../networks/network.ts'
import type { StateDict, Weights } from '../networks/weights.ts'
import { inBatchNce } from '../objectives/in-batch-nce.ts'
import { infoNce, type InfoNce } from '../objectives/info-nce.ts'
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
import {
  designSize,
  Projector,
  projectorSize,
  type OpenProjector,
  type ProjectorDesign,
} from './projector.ts'
import { KeyQueue } from './queue.ts'
import { projectInGroups, shuffledOrder } from './shuffled-groups.ts'

export type MocoConfig = Pick<PretrainConfig, 'model' | 'frames' | 'size' | 'seed'> &
  ValuesOf<typeof mocoSettings>

/** What the directions of one micro-batch share. */
interface Step {
  clips: readonly Tensor[] // rho x [B, T, H, W, 3]
  pass: GradientPass
  key: OpenProjector
  /** Keys by clip [B, D], held; each is computed when it is first needed. */
  keys: Map<number, Tensor>
  /** Micro-batches before this one. */
  batch: number
  /** Whether the gradient is wanted. */
  learns: boolean
  /** The clip that is the last of the queries. */
  lastQuery: number
}

const METRICS = ['loss', 'accuracy', 'top5', 'positive', 'negative', 'spread'] as const

/** What each direction measures; each metric is the mean over the directions. */
type Measured = Record<(typeof METRICS)[number], Tensor>

/** Losses by direction: the clip that is the query. */
export interface DirectionLosses {
  losses: readonly Tensor[]
}

/**
 * Momentum contrast (He et al., CVPR 2020). With the symmetric loss each clip of a video is query once,
 * and the others are its keys; each pair has a loss of its own (Feichtenhofer et al., CVPR 2021).
 */
export class Moco implements Learner {
  readonly encoder: Encoder
  readonly trained: ReadonlyMap<string, Weights>
  private readonly engine: Engine
  private readonly config: MocoConfig
  private readonly query: Projector
  private readonly predictor: Network | null
  private readonly key: EmaCopy
  private readonly queue: KeyQueue | null

  constructor(engine: Engine, config: MocoConfig) {
    const { projectionSize, seed } = config
    const design = designOf(config)
    const rng = weightsRng(seed)
    this.engine = engine
    this.config = config
    this.query = new Projector(engine, design, rng)
    this.predictor = config.predictor ? new Network(engine, predictorOf(config), rng) : null
    this.key = new EmaCopy(engine, this.query, design)
    this.encoder = this.query.encoder
    this.trained = new Map([
      ['encoder', this.query.encoder.weights],
      ['head', this.query.head.weights],
      ...(this.predictor ? [['predictor', this.predictor.weights] as const] : []),
    ])
    const ofQueue = new Rng(deriveSeed(seed, 0x71756575))
    this.queue =
      config.negatives === 'queue'
        ? new KeyQueue(engine, projectionSize, config.queue, ofQueue)
        : null
  }

  /** EMA update of the key encoder: theta_k = m * theta_k + (1 - m) * theta_q. */
  begin({ step, steps }: Pick<BatchPlace, 'step' | 'steps'>): void {
    const { keyMomentum, keyMomentumSchedule } = this.config
    this.key.follow(emaMomentum(keyMomentum, keyMomentumSchedule, step, steps))
  }

  /** @param views rho clips of each video */
  learn(views: Views, at: Pick<BatchPlace, 'batch'>): Learned & DirectionLosses {
    return this.contrast(clipsOf(this.engine, this.config, views), at.batch)
  }

  /**
   * The loss and its gradients in the query encoder and its heads. Moves the running statistics and the
   * queue; call it within `engine.scope`.
   * @param clips rho x [B, T, H, W, 3]
   * @param batch micro-batches before this one
   */
  contrast(clips: readonly Tensor[], batch = 0): Learned & DirectionLosses {
    const { engine, config } = this
    const isWaiting = this.isWaiting(this.countAll(clips[0]), batch)
    const pass = new GradientPass(engine, this.trained)
    const key = this.key.projector.open()
    const queries = config.symmetric ? clips.length : 1
    const keys = new Map<number, Tensor>()
    const common = { clips, pass, key, keys, batch }
    const step: Step = { ...common, learns: !isWaiting, lastQuery: queries - 1 }
    const each = Array.from({ length: queries }, (_, clip) =>
      this.direction(clip, step, 1 / queries),
    )
    // With more than two clips, a key that was enqueued at once would be a negative of its own video.
    if (clips.length > 2) this.enqueue([...step.keys.values()])
    step.keys.forEach((held) => engine.release(held))
    const measuring = new Tape(engine)
    const mean = (name: keyof Measured): Tensor =>
      meanOfScalars(
        measuring,
        each.map((measured) => measured[name]),
      )
    return {
      gradients: pass.gradients(),
      metrics: new Map(METRICS.map((name) => [name, mean(name)])),
      losses: each.map(({ loss }) => loss),
      ...(isWaiting && { skipUpdate: 'the queue is not full of keys yet' }),
    }
  }

  /** Whether no weight is to move yet. The queue holds what the micro-batches before have enqueued. */
  private isWaiting(videos: number, batch: number): boolean {
    const { waitForQueue, queue } = this.config
    return this.queue !== null && waitForQueue && batch * videos * keysPerVideo(this.config) < queue
  }

  /** One clip as query, all others as keys. Adds its share of the gradient. */
  private direction(clip: number, step: Step, share: number): Measured {
    const { engine, config } = this
    const { clips, pass, keys } = step
    const before = new Set(keys.keys())
    const others = clips.map((_, i) => i).filter((i) => i !== clip)
    const measured = engine.scope(() => {
      const positives = others.map((i) => this.keyOf(i, step)) // [B, D] each
      const tape = step.learns ? pass.tape() : new Tape(engine)
      const q = this.queryOf(tape, clips[clip], pass) // [B, D]
      const pairs = positives.map((k) => this.compare(tape, q, k))
      const mean = (of: (pair: InfoNce) => Tensor): Tensor => meanOfScalars(tape, pairs.map(of))
      const loss = mean((pair) => pair.loss)
      const share5 = mean(({ hits5 }) => raw.mean(engine, hits5, [0]))
      const accuracy = mean(({ hits }) => raw.mean(engine, hits, [0]))
      const [positive, negative] = [mean((pair) => pair.positive), mean((pair) => pair.negative)]
      if (step.learns) {
        if (clip === step.lastQuery) pass.addLast(tape, loss, share)
        else pass.add(tape, loss, share)
      }
      const fresh = [...keys].filter(([i]) => !before.has(i)).map(([, k]) => k)
      if (config.rho === 2) this.enqueue(fresh)
      return [loss, accuracy, share5, positive, negative, spreadOf(engine, q)]
    })
    return Object.fromEntries(METRICS.map((name, i) => [name, measured[i]])) as Measured
  }

  /** Clips of a view that the processes which share the batch have together. */
  private countAll(own: Tensor): number {
    return own.shape[0] * (this.engine.collective?.size ?? 1)
  }

  /** Keys of all processes that share the batch, in the order of their ranks. */
  private enqueue(keys: readonly Tensor[]): void {
    const tape = new Tape(this.engine)
    this.engine.scope(() => this.queue?.enqueueAll(keys.map((own) => gatherRows(tape, own))))
  }

  private compare(tape: Tape, q: Tensor, k: Tensor): InfoNce {
    const { queue, config } = this
    if (!queue) {
      const keys = gatherRows(new Tape(tape.engine), k)
      return inBatchNce(tape, gatherRows(tape, q), keys, config.temperature)
    }
    return infoNce(tape, q, k, queue.columns, config.temperature)
  }

  /** The key of a clip at unit length, [B, D]. */
  private keyOf(clip: number, { clips, key, keys, batch }: Step): Tensor {
    const { engine } = this
    const known = keys.get(clip)
    if (known) return known
    const x = clips[clip]
    const { shuffleBN, seed } = this.config
    const order = shuffleBN
      ? shuffledOrder(this.countAll(x), seed, batch, (clip + clips.length - 1) % clips.length)
      : null
    const k = engine.scope(() => {
      const tape = new Tape(engine)
      return normalizeRows(tape, project(this.key.projector, tape, x, key, order))
    })
    keys.set(clip, engine.hold(k))
    return k
  }

  /** A clip as query at unit length, [B, D]. */
  private queryOf(tape: Tape, x: Tensor, pass: GradientPass): Tensor {
    const { engine, predictor, config } = this
    return engine.scope(() => {
      const opened = { encoder: pass.open('encoder'), head: pass.open('head') }
      const order = config.shuffleBN ? Uint32Array.from({ length: x.shape[0] }, (_, i) => i) : null
      const projection = project(this.query, tape, x, opened, order)
      const predicted =
        predictor?.run(tape, projection, pass.open('predictor'), 'train') ?? projection
      return normalizeRows(tape, predicted)
    })
  }

  /**
   * `encoder.*` and `head.*` (weights and running statistics), the same of the key encoder under
   * `ema.`, `predictor.*` where there is one, and with a queue `queue` [D, K] and `pointer`.
   */
  stateDict(): StateDict {
    const { query, predictor, key, queue } = this
    return new Map([
      ...query.stateDict(),
      ...(predictor ? prefixed('predictor.', predictor.stateDict()) : []),
      ...key.stateDict(),
      ...(queue?.stateDict() ?? []),
    ])
  }

  /** @throws StateError when the state is of another model, projection or queue size. */
  loadState(state: StateDict): void {
    this.queue?.found(state)
    this.query.loadStateDict(state)
    this.predictor?.loadStateDict(unprefixed('predictor.', state))
    this.key.loadState(state)
    this.queue?.loadState(state)
  }

  dispose(): void {
    for (const part of [this.query, this.predictor, this.key, this.queue]) part?.dispose()
  }
}

/** Projections, [B, D]. @param order null for one group of all clips */
function project(
  projector: Projector,
  tape: Tape,
  x: Tensor,
  opened: OpenProjector,
  order: Uint32Array | null,
): Tensor {
  return order
    ? projectInGroups(projector, tape, x, opened, order)
    : projector.run(tape, x, opened, 'train')
}

function designOf(config: MocoConfig): ProjectorDesign {
  return { model: config.model, head: embeddingHead(config) }
}

function predictorOf(config: MocoConfig): Design {
  return predictionHead({ inputs: config.projectionSize, hidden: hiddenSizeOf(config) })
}

/** Query and key, the keys of the queue, and its pointer. */
export const mocoMethod: MethodImplementation = {
  create: (engine, config) => new Moco(engine, ownSettings(config, mocoSettings)),
  size(given) {
    const config = ownSettings(given, mocoSettings)
    const { trained, statistics } = projectorSize(designOf(config))
    const predictor = config.predictor
      ? designSize(predictorOf(config).entries)
      : { trained: 0, statistics: 0 }
    const queue = config.negatives === 'queue' ? config.projectionSize * config.queue + 1 : 0
    return {
      trained: trained + predictor.trained,
      state: 2 * (trained + statistics) + predictor.trained + predictor.statistics + queue,
    }
  },
}

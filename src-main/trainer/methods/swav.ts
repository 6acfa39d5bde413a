import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { swavSettings } from '#shared/methods/swav.ts'
import type { ValuesOf } from '#shared/settings/setting.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { Engine } from '../engine/engine.ts'
import { normalizeRows } from '../engine/ops/normalize.ts'
import { gatherRows } from '../engine/ops/over-ranks.ts'
import { raw } from '../engine/raw.ts'
import type { Tensor } from '../engine/tensor.ts'
import { weightsRng, type Encoder } from '../encoders/encoder.ts'
import { embeddingHead, mlp } from '../networks/heads.ts'
import { Network, type Design } from '../networks/network.ts'
import type { StateDict, Weights } from '../networks/weights.ts'
import { spreadOf } from '../objectives/spread.ts'
import {
  assignmentEntropy,
  sinkhornCodes,
  swappedPrediction,
} from '../objectives/swapped-prediction.ts'
import { clipsOf } from './clips.ts'
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
import { KeyQueue } from './queue.ts'

export type SwavConfig = Pick<PretrainConfig, 'model' | 'frames' | 'size' | 'seed'> &
  ValuesOf<typeof swavSettings>

/**
 * SwAV (Caron et al., NeurIPS 2020): each clip predicts to which prototypes the other clips of its video
 * are assigned. All clips go through the encoder in one pass; codes are computed view by view.
 */
export class Swav implements Learner {
  readonly encoder: Encoder
  readonly trained: ReadonlyMap<string, Weights>
  private readonly engine: Engine
  private readonly config: SwavConfig
  private readonly projector: Projector
  private readonly prototypes: Network
  /** Embeddings of earlier clips, one queue a view; none where the queue is off. */
  private readonly queues: readonly KeyQueue[]

  constructor(engine: Engine, config: SwavConfig) {
    const { seed, rho, projectionSize, codeQueue } = config
    const rng = weightsRng(seed)
    this.engine = engine
    this.config = config
    this.projector = new Projector(engine, designOf(config), rng)
    this.prototypes = new Network(engine, prototypesOf(config), rng)
    this.encoder = this.projector.encoder
    this.trained = new Map([
      ['encoder', this.projector.encoder.weights],
      ['head', this.projector.head.weights],
      ['prototypes', this.prototypes.weights],
    ])
    this.queues = Array.from({ length: codeQueue > 0 ? rho : 0 }, (_, view) => {
      const ofQueue = new Rng(deriveSeed(seed, 0x636f6465, view))
      return new KeyQueue(engine, projectionSize, codeQueue, ofQueue)
    })
  }

  /** Scales every prototype to unit length. */
  begin(): void {
    const { engine } = this
    const { weights } = this.prototypes
    const { projectionSize: D, prototypes: K } = this.config
    engine.scope(() => {
      const w = engine.reshape(weights.theta, [D, K])
      const length = raw.sqrt(engine, raw.sum(engine, raw.square(engine, w), [0], true)) // [1, K]
      const unit = raw.divide(engine, w, raw.maximum(engine, length, engine.scalar(1e-12)))
      weights.theta = engine.reshape(unit, [D * K])
    })
  }

  /** @param views rho clips of each video */
  learn(views: Views, at: Pick<BatchPlace, 'batch' | 'epoch'>): Learned {
    const { engine, projector, prototypes, config } = this
    const pass = new GradientPass(engine, this.trained)
    const tape = pass.tape()
    const x = raw.concat(engine, clipsOf(engine, config, views), 0) // [rho B, T, H, W, 3]
    const opened = { encoder: pass.open('encoder'), head: pass.open('head') }
    const own = normalizeRows(tape, projector.run(tape, x, opened, 'train')) // [rho B, D]
    // Clips of all processes share the prototypes equally.
    const z = gatherRows(tape, own, views.length)
    const scores = prototypes.run(tape, z, pass.open('prototypes'), 'train') // [rho B, K]
    const targets = this.targetsOf({ z, scores, views: views.length, at })
    const loss = swappedPrediction(tape, scores, targets, config.temperature)
    const metrics = new Map([
      ['loss', loss],
      ['assignmentEntropy', assignmentEntropy(engine, scores)],
      ['spread', spreadOf(engine, own)],
    ])
    pass.addLast(tape, loss)
    const gradients = pass.gradients()
    if (at.epoch < config.frozenEpochs) gradients.delete('prototypes')
    return { gradients, metrics }
  }

  /**
   * What each clip is to predict: the mean code of the other clips of its video, [rho B, K]. The mean of
   * the cross-entropies against each of them is the cross-entropy against their mean.
   */
  private targetsOf(step: {
    z: Tensor
    scores: Tensor
    views: number
    at: Pick<BatchPlace, 'batch' | 'epoch'>
  }): Tensor {
    const { engine, config } = this
    const { z, scores, views, at } = step
    return engine.scope(() => {
      const videos = scores.shape[0] / views
      const sizes = new Array<number>(views).fill(videos)
      const own = raw.split(engine, scores, sizes, 0) // rho x [B, K]
      const embeddings = raw.split(engine, z, sizes, 0) // rho x [B, D]
      const isQueueUsed = at.epoch >= config.codeQueueFrom && at.batch * videos >= config.codeQueue
      const codes = own.map((part, view) => this.codesOf(part, isQueueUsed ? view : null))
      this.queues.forEach((queue, view) => queue.enqueue(embeddings[view]))
      const total = codes.reduce((sum, code) => raw.add(engine, sum, code))
      const ofOthers = codes.map((code) =>
        raw.scale(engine, raw.subtract(engine, total, code), 1 / (views - 1)),
      )
      return raw.concat(engine, ofOthers, 0)
    })
  }

  /** @param scores of one view, [B, K] @param queued the view whose queue takes part; null for none */
  private codesOf(scores: Tensor, queued: number | null): Tensor {
    const { engine, config } = this
    const { sinkhornEpsilon: epsilon, sinkhornRounds: rounds } = config
    const queue = queued === null ? undefined : this.queues[queued]
    if (!queue) return sinkhornCodes(engine, scores, { epsilon, rounds })
    const w = engine.reshape(this.prototypes.weights.theta, [
      config.projectionSize,
      config.prototypes,
    ])
    const earlier = raw.matmul(engine, queue.columns, w, { a: true }) // [L, K]
    const all = raw.concat(engine, [earlier, scores], 0)
    const codes = sinkhornCodes(engine, all, { epsilon, rounds })
    return raw.split(engine, codes, [earlier.shape[0], scores.shape[0]], 0)[1]
  }

  /** `encoder.*`, `head.*`, `prototypes.*`, and by view `code-queue-0.queue` and `.pointer`. */
  stateDict(): StateDict {
    const { projector, prototypes, queues } = this
    return new Map([
      ...projector.stateDict(),
      ...prefixed('prototypes.', prototypes.stateDict()),
      ...queues.flatMap((queue, view) => [...prefixed(queueName(view), queue.stateDict())]),
    ])
  }

  /** @throws StateError when the state is of another encoder, head, or number of prototypes. */
  loadState(state: StateDict): void {
    this.projector.loadStateDict(state)
    this.prototypes.loadStateDict(unprefixed('prototypes.', state))
    this.queues.forEach((queue, view) => queue.loadState(unprefixed(queueName(view), state)))
  }

  dispose(): void {
    for (const part of [this.projector, this.prototypes, ...this.queues]) part.dispose()
  }
}

function queueName(view: number): string {
  return `code-queue-${view}.`
}

function designOf(config: SwavConfig): ProjectorDesign {
  return { model: config.model, head: embeddingHead({ ...config, headStart: 'uniform' }) }
}

/** Cosine similarities to the prototypes, of embeddings at unit length: [B, D] -> [B, K] */
function prototypesOf({ projectionSize, prototypes }: SwavConfig): Design {
  return mlp(projectionSize, [{ outputs: prototypes, bias: false }])
}

/** An encoder with its head, the prototypes, and the queues. */
export const swavMethod: MethodImplementation = {
  create: (engine, config) => new Swav(engine, ownSettings(config, swavSettings)),
  size(given) {
    const config = ownSettings(given, swavSettings)
    const { rho, projectionSize, codeQueue } = config
    const own = projectorSize(designOf(config))
    const prototypes = designSize(prototypesOf(config).entries)
    const trained = own.trained + prototypes.trained
    const queues = codeQueue > 0 ? rho * (projectionSize * codeQueue + 1) : 0
    return { trained, state: trained + own.statistics + queues }
  },
}

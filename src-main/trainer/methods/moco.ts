import { ownSettings, type PretrainConfig } from '#shared/config/pretrain-config.ts'
import { mocoSettings } from '#shared/methods/moco.ts'
import type { ValuesOf } from '#shared/settings/setting.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { Engine } from '../engine/engine.ts'
import { normalizeRows } from '../engine/ops/normalize.ts'
import { blend } from '../engine/ops/update.ts'
import { raw } from '../engine/raw.ts'
import { Tape } from '../engine/tape.ts'
import { sizeOf, type Tensor } from '../engine/tensor.ts'
import { weightsRng, type Encoder } from '../encoders/encoder.ts'
import { StateError, type StateDict, type Weights } from '../networks/weights.ts'
import { emaMomentum } from '../optimisers/schedule.ts'
import { infoNce } from '../objectives/info-nce.ts'
import {
  prefixed,
  unprefixed,
  type BatchPlace,
  type Learned,
  type Learner,
  type MethodImplementation,
  type Views,
} from './learner.ts'
import { Projector, projectorSize, type OpenProjector } from './projector.ts'
import { KeyQueue } from './queue.ts'
import { projectInGroups, shuffledOrder } from './shuffled-groups.ts'
import { spreadOf } from '../objectives/spread.ts'

export type MocoConfig = Pick<PretrainConfig, 'model' | 'frames' | 'size' | 'seed'> &
  ValuesOf<typeof mocoSettings>

/** What one direction of the loss works with. */
interface Direction {
  query: OpenProjector
  key: OpenProjector
  /** Sums that the gradients are added to, by opened weight. */
  gradients: Map<Tensor, Tensor>
  /** How the keys are shuffled over groups; null where they are not. */
  order: Uint32Array | null
}

/** What each direction measures; each metric is the mean of both. */
type Measured = Record<'loss' | 'accuracy' | 'top5' | 'positive' | 'negative' | 'spread', Tensor>

/** Losses of the two directions: first the first clips as queries, then the second ones. */
export interface BothLosses {
  losses: readonly [Tensor, Tensor]
}

/**
 * Momentum contrast (He et al., CVPR 2020) with the symmetric loss: each of the two clips of a video
 * is query once and key once.
 */
export class Moco implements Learner {
  readonly encoder: Encoder
  readonly trained: ReadonlyMap<string, Weights>
  private readonly engine: Engine
  private readonly config: MocoConfig
  private readonly query: Projector
  private readonly key: Projector
  private readonly queue: KeyQueue

  constructor(engine: Engine, config: MocoConfig) {
    this.engine = engine
    this.config = config
    this.query = new Projector(engine, config, weightsRng(config.seed))
    this.key = new Projector(engine, config, weightsRng(config.seed))
    this.encoder = this.query.encoder
    this.trained = new Map([
      ['encoder', this.query.encoder.weights],
      ['head', this.query.head.weights],
    ])
    const rng = new Rng(deriveSeed(config.seed, 0x71756575))
    this.queue = new KeyQueue(engine, config.projectionSize, config.queue, rng)
  }

  /** EMA update of the key encoder: theta_k = m * theta_k + (1 - m) * theta_q. */
  begin({ step, steps }: Pick<BatchPlace, 'step' | 'steps'>): void {
    const { engine, query, key } = this
    const { keyMomentum, keyMomentumSchedule } = this.config
    const m = emaMomentum(keyMomentum, keyMomentumSchedule, step, steps)
    engine.scope(() => {
      for (const part of ['encoder', 'head'] as const) {
        const [q, k] = [query[part].weights, key[part].weights]
        k.theta = blend(engine, k.theta, q.theta, m)
      }
    })
  }

  /** @param views two clips of each video */
  learn([first, second]: Views, at: Pick<BatchPlace, 'batch'>): Learned & BothLosses {
    return this.contrast(this.clips(first), this.clips(second), at.batch)
  }

  /**
   * The symmetric loss and its gradients in the query encoder and its head. Moves the running
   * statistics and the queue; call it within `engine.scope`.
   * @param x1 first clips, [B, T, H, W, 3] @param x2 second clips
   * @param batch micro-batches before this one
   */
  contrast(x1: Tensor, x2: Tensor, batch = 0): Learned & BothLosses {
    const { engine } = this
    const shared = {
      query: this.query.open(),
      key: this.key.open(),
      gradients: new Map<Tensor, Tensor>(),
    }
    const first = this.direction(x1, x2, { ...shared, order: this.keyOrder(x1, batch, 0) })
    const second = this.direction(x2, x1, { ...shared, order: this.keyOrder(x1, batch, 1) })
    const { gradients } = shared
    const flatten = (part: 'encoder' | 'head'): Tensor => {
      const leaves = [...shared.query[part].values()]
      return this.query[part].weights.flatten(leaves.map((leaf) => gradients.get(leaf)!))
    }
    const parts = new Map((['encoder', 'head'] as const).map((part) => [part, flatten(part)]))
    gradients.forEach((held) => engine.release(held))
    const mean = (name: keyof Measured): Tensor =>
      raw.scale(engine, raw.add(engine, first[name], second[name]), 0.5)
    const names = Object.keys(first) as (keyof Measured)[]
    return {
      gradients: parts,
      metrics: new Map(names.map((name) => [name, mean(name)])),
      losses: [first.loss, second.loss],
    }
  }

  /** One direction of the symmetric loss: x as query, positives as key. Adds half its gradient. */
  private direction(x: Tensor, positives: Tensor, from: Direction): Measured {
    const { engine, config } = this
    const { query, key, gradients, order } = from
    const names = ['loss', 'accuracy', 'top5', 'positive', 'negative', 'spread'] as const
    const measured = engine.scope(() => {
      const k = this.embed(this.key, new Tape(engine), positives, key, order) // [B, D]
      const tape = new Tape(engine)
      tape.watch([...query.encoder.values(), ...query.head.values()])
      const unshuffled = order && Uint32Array.from(order.keys())
      const q = this.embed(this.query, tape, x, query, unshuffled) // [B, D]
      const nce = infoNce(tape, q, k, this.queue.columns, config.temperature)
      tape.backward(nce.loss, engine.scalar(0.5), gradients)
      this.queue.enqueue(k)
      const [accuracy, top5] = [nce.hits, nce.hits5].map((hits) => raw.mean(engine, hits, [0]))
      return [nce.loss, accuracy, top5, nce.positive, nce.negative, spreadOf(engine, q)]
    })
    return Object.fromEntries(names.map((name, i) => [name, measured[i]])) as Measured
  }

  private keyOrder(x: Tensor, batch: number, direction: 0 | 1): Uint32Array | null {
    const { shuffleBN, seed } = this.config
    return shuffleBN ? shuffledOrder(x.shape[0], seed, batch, direction) : null
  }

  /** Projections at unit length, [B, D]. @param order null for one group of all clips */
  private embed(
    projector: Projector,
    tape: Tape,
    x: Tensor,
    opened: OpenProjector,
    order: Uint32Array | null,
  ): Tensor {
    return this.engine.scope(() => {
      const projection = order
        ? projectInGroups(projector, tape, x, opened, order)
        : projector.run(tape, x, opened, 'train')
      return normalizeRows(tape, projection)
    })
  }

  private clips(data: Float32Array): Tensor {
    const { frames, size } = this.config
    const batch = data.length / (frames * size * size * 3)
    return this.engine.tensor(data, [batch, frames, size, size, 3])
  }

  /**
   * `encoder.*` and `head.*` (weights and running statistics), the same of the key encoder under
   * `ema.`, `queue` [D, K] and `pointer`.
   */
  stateDict(): StateDict {
    const { engine, query, key, queue } = this
    return engine.scope(
      () =>
        new Map([
          ...query.stateDict(),
          ...prefixed('ema.', key.stateDict()),
          ['queue', { shape: [...queue.columns.shape], data: engine.read(queue.columns).slice() }],
          ['pointer', { shape: [1], data: Float32Array.of(queue.pointer) }],
        ]),
    )
  }

  /** @throws StateError when the state is of another model, projection or queue size. */
  loadState(state: StateDict): void {
    const columns = state.get('queue')
    const pointer = state.get('pointer')
    if (!columns || !pointer || columns.data.length !== sizeOf(this.queue.columns.shape)) {
      throw new StateError(
        `The state has no queue of ${this.queue.columns.shape.join('x')}: resume with the projection size and queue it was saved with.`,
      )
    }
    this.query.loadStateDict(state)
    this.key.loadStateDict(unprefixed('ema.', state))
    this.queue.load(columns.data.slice(), pointer.data[0])
  }

  dispose(): void {
    this.query.dispose()
    this.key.dispose()
    this.queue.dispose()
  }
}

/** Query and key, the keys of the queue, and its pointer. */
export const mocoMethod: MethodImplementation = {
  create: (engine, config) => new Moco(engine, ownSettings(config, mocoSettings)),
  size(config) {
    const { queue, projectionSize, model } = ownSettings(config, mocoSettings)
    const { trained, statistics } = projectorSize({ model, projectionSize })
    return { trained, state: 2 * (trained + statistics) + projectionSize * queue + 1 }
  },
}

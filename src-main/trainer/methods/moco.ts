import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { Engine } from '../engine/engine.ts'
import { attribute } from '../engine/attributes.ts'
import { normalizeRows } from '../engine/ops/normalize.ts'
import { blend } from '../engine/ops/update.ts'
import { raw } from '../engine/raw.ts'
import { Tape } from '../engine/tape.ts'
import { sizeOf, type Tensor } from '../engine/tensor.ts'
import type { Entry } from '../models/blueprint.ts'
import { createEncoder, type Encoder } from '../models/encoder.ts'
import { StateError, type StateDict } from '../models/weights.ts'
import { infoNce } from './info-nce.ts'
import { KeyQueue } from './queue.ts'
import { Sgd } from './sgd.ts'
import { spreadOf } from './spread.ts'

export type MocoConfig = Pick<
  PretrainConfig,
  | 'model'
  | 'projectionSize'
  | 'frames'
  | 'size'
  | 'queue'
  | 'temperature'
  | 'keyMomentum'
  | 'momentum'
  | 'weightDecay'
  | 'clipNorm'
  | 'seed'
>

export interface StepResult {
  /** (loss1 + loss2) / 2 */
  loss: number
  /** Query clips against key clips. */
  loss1: number
  /** Key clips against query clips. */
  loss2: number
  /** Part of the clips whose positive is more similar than every negative, in [0, 1]. */
  accuracy: number
  /** Part of the clips whose positive is among the five most similar keys, in [0, 1]. */
  top5: number
  /** Mean cosine similarity of queries to their positives. */
  positive: number
  /** Mean cosine similarity of queries to the queue. */
  negative: number
  /** Standard deviation of the embeddings over the batch, times the root of their size. */
  spread: number
}

type Opened = ReadonlyMap<Entry, Tensor>

/**
 * Momentum contrast (He et al., CVPR 2020) with the symmetric loss: each of the two clips of a video
 * is query once and key once.
 */
export class Moco {
  readonly config: MocoConfig
  /** The query encoder: the one that is trained and evaluated. */
  readonly encoder: Encoder
  private readonly engine: Engine
  private readonly keyEncoder: Encoder
  private readonly queue: KeyQueue
  private readonly sgd: Sgd
  /** The sum of gradients of the step under way. */
  private pending: { gradient: Tensor; norm: number; batches: number } | null = null

  constructor(engine: Engine, config: MocoConfig) {
    this.engine = engine
    this.config = config
    this.encoder = createEncoder(engine, config)
    this.keyEncoder = createEncoder(engine, config)
    const rng = new Rng(deriveSeed(config.seed, 0x71756575))
    this.queue = new KeyQueue(engine, config.projectionSize, config.queue, rng)
    this.sgd = new Sgd(engine, this.encoder.weights.size, config)
  }

  /**
   * One step of training on one batch.
   * @param query normalised clips [B, frames, size, size, 3] @param key the other clips of the same
   * videos, in the same order. @param lr learning rate of this step
   */
  step(query: Float32Array, key: Float32Array, lr: number): StepResult {
    const result = this.accumulate(query, key)
    this.finishStep(lr)
    return result
  }

  /**
   * Adds a batch to the step under way, the first of which moves the key encoder.
   * @param keyMomentum of this step, instead of the configuration's
   * @returns the losses of this batch
   */
  accumulate(
    query: Float32Array,
    key: Float32Array,
    keyMomentum: number = this.config.keyMomentum,
  ): StepResult {
    const { engine } = this
    return engine.scope(() => {
      if (this.pending === null) this.followQuery(keyMomentum)
      const { gradient, measured } = this.differentiate(this.clips(query), this.clips(key))
      const before = this.pending
      const sum = before ? raw.add(engine, before.gradient, gradient) : gradient
      const halfSquares = engine.op('L2Loss', [sum], [attribute.type('T', sum.dtype)])
      // All that the host needs of a batch comes in one piece: on a GPU, each waits for the device.
      const [squares, ...values] = engine.read(stack(engine, [halfSquares, ...measured]))
      const norm = Math.sqrt(2 * squares)
      this.pending = { gradient: engine.hold(sum), norm, batches: (before?.batches ?? 0) + 1 }
      if (before) engine.release(before.gradient)
      return resultOf(values)
    })
  }

  /**
   * Ends the step with the mean gradient of its batches, clipped. Where that is not finite, nothing
   * is changed.
   * @returns its L2 norm before clipping
   */
  finishStep(lr: number): number {
    const { engine } = this
    const { gradient, batches, norm: ofSum } = this.pending!
    this.pending = null
    return engine.scope(() => {
      const norm = ofSum / batches
      const factor = clipFactor(norm, this.config.clipNorm) / batches
      const mean = factor === 1 ? gradient : raw.scale(engine, gradient, factor)
      if (Number.isFinite(norm)) this.update(mean, lr)
      engine.release(gradient)
      return norm
    })
  }

  /** Momentum update of the key encoder: theta_k = m * theta_k + (1 - m) * theta_q. */
  followQuery(momentum: number = this.config.keyMomentum): void {
    const { engine } = this
    const [q, k] = [this.encoder.weights, this.keyEncoder.weights]
    engine.scope(() => {
      k.theta = blend(engine, k.theta, q.theta, momentum)
    })
  }

  /**
   * The symmetric loss and its gradient [P] in the query encoder's parameters. Moves the running
   * statistics and the queue; call it within `engine.scope`.
   * @param x1 query clips, [B, T, H, W, 3] @param x2 key clips
   */
  contrast(x1: Tensor, x2: Tensor): StepResult & { gradient: Tensor } {
    const { gradient, measured } = this.differentiate(x1, x2)
    return { ...resultOf([...this.engine.read(stack(this.engine, measured))]), gradient }
  }

  private differentiate(x1: Tensor, x2: Tensor): { gradient: Tensor; measured: Tensor[] } {
    const { engine } = this
    const q = this.encoder.weights.open()
    const k = this.keyEncoder.weights.open()
    const gradients = new Map<Tensor, Tensor>()
    const first = this.half(x1, x2, q, k, gradients)
    const second = this.half(x2, x1, q, k, gradients)
    const leaves = [...q.values()]
    const gradient = this.encoder.weights.flatten(leaves.map((leaf) => gradients.get(leaf)!))
    gradients.forEach((held) => engine.release(held))
    return { gradient, measured: [...first, ...second] }
  }

  /** One step of the optimiser. */
  update(gradient: Tensor, lr: number): void {
    const { engine, encoder } = this
    engine.scope(() => {
      encoder.weights.theta = this.sgd.step(encoder.weights.theta, gradient, lr)
    })
  }

  /**
   * One direction of the symmetric loss: x as query, positives as key. Adds half its gradient.
   * @returns scalars in the order of `MEASURED`
   */
  private half(
    x: Tensor,
    positives: Tensor,
    query: Opened,
    key: Opened,
    gradients: Map<Tensor, Tensor>,
  ): Tensor[] {
    const { engine, config } = this
    return engine.scope(() => {
      const k = this.embed(this.keyEncoder, new Tape(engine), positives, key) // [B, D]
      const tape = new Tape(engine)
      tape.watch(query.values())
      const q = this.embed(this.encoder, tape, x, query) // [B, D]
      const nce = infoNce(tape, q, k, this.queue.columns, config.temperature)
      tape.backward(nce.loss, engine.scalar(0.5), gradients)
      this.queue.enqueue(k)
      const [accuracy, top5] = [nce.hits, nce.hits5].map((hits) => raw.mean(engine, hits, [0]))
      return [nce.loss, accuracy, top5, nce.positive, nce.negative, spreadOf(engine, q)]
    })
  }

  private embed(encoder: Encoder, tape: Tape, x: Tensor, opened: Opened): Tensor {
    return this.engine.scope(() =>
      normalizeRows(tape, encoder.run(tape, x, opened, true).projection),
    )
  }

  private clips(data: Float32Array): Tensor {
    const { frames, size } = this.config
    const batch = data.length / (frames * size * size * 3)
    return this.engine.tensor(data, [batch, frames, size, size, 3])
  }

  /**
   * Everything that training goes on from: `query.*` and `key.*` (weights and running statistics),
   * `momentum.*`, `queue` [D, K] and `pointer`. Loading it gives the very same next steps.
   */
  stateDict(): StateDict {
    const { engine, encoder, keyEncoder, queue, sgd } = this
    return engine.scope(() => {
      const momentum = encoder.weights.named(engine.read(sgd.velocity))
      return new Map([
        ...prefixed('query.', encoder.stateDict()),
        ...prefixed('key.', keyEncoder.stateDict()),
        ...prefixed('momentum.', momentum),
        ['queue', { shape: [...queue.columns.shape], data: engine.read(queue.columns).slice() }],
        ['pointer', { shape: [1], data: Float32Array.of(queue.pointer) }],
      ])
    })
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
    const momentum = this.encoder.weights.unnamed(unprefixed('momentum.', state))
    this.encoder.loadStateDict(unprefixed('query.', state))
    this.keyEncoder.loadStateDict(unprefixed('key.', state))
    this.sgd.loadVelocity(momentum)
    this.queue.load(columns.data.slice(), pointer.data[0])
  }

  dispose(): void {
    if (this.pending) this.engine.release(this.pending.gradient)
    this.pending = null
    this.encoder.dispose()
    this.keyEncoder.dispose()
    this.queue.dispose()
    this.sgd.dispose()
  }
}

/** As PyTorch's `clip_grad_norm_`. @param limit 0 for none */
function clipFactor(norm: number, limit: number): number {
  return limit === 0 ? 1 : Math.min(1, limit / (norm + 1e-6))
}

function prefixed(prefix: string, state: StateDict): StateDict {
  return new Map([...state].map(([name, entry]) => [prefix + name, entry]))
}

function unprefixed(prefix: string, state: StateDict): StateDict {
  const own = [...state].filter(([name]) => name.startsWith(prefix))
  return new Map(own.map(([name, entry]) => [name.slice(prefix.length), entry]))
}

/** What `half` measures, in its order. */
const MEASURED = ['loss', 'accuracy', 'top5', 'positive', 'negative', 'spread'] as const

/** @param values of the first direction, then of the second */
function resultOf(values: readonly number[]): StepResult {
  const means = MEASURED.map((name, i) => [name, (values[i] + values[MEASURED.length + i]) / 2])
  const [loss1, loss2] = [values[0], values[MEASURED.length]]
  return { ...(Object.fromEntries(means) as Omit<StepResult, 'loss1' | 'loss2'>), loss1, loss2 }
}

/** Scalars as one vector. */
function stack(engine: Engine, scalars: readonly Tensor[]): Tensor {
  const parts = scalars.map((scalar) => engine.reshape(scalar, [1]))
  return raw.concat(engine, parts, 0)
}

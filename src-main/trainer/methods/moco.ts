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
import { parametersOf } from '../optimisers/parameters.ts'
import { Sgd } from '../optimisers/sgd.ts'
import { loadOptimiserState, optimiserState } from '../optimisers/state.ts'
import { infoNce } from './info-nce.ts'
import { KeyQueue } from './queue.ts'
import { projectInGroups, shuffledOrder } from './shuffled-groups.ts'
import { spreadOf } from './spread.ts'
import { resultOf, stack, type StepResult } from './step-result.ts'

export type MocoConfig = Pick<
  PretrainConfig,
  | 'model'
  | 'projectionSize'
  | 'headStart'
  | 'frames'
  | 'size'
  | 'queue'
  | 'temperature'
  | 'keyMomentum'
  | 'momentum'
  | 'weightDecay'
  | 'clipNorm'
  | 'seed'
  | 'shuffleBN'
>

/** Where a batch stands in its run; what is random in a step follows from it. */
export interface BatchPlace {
  /** Of this step, instead of the configuration's. */
  keyMomentum?: number
  /** Counted from the start of the run, 0 by default. */
  batch?: number
}

type Opened = ReadonlyMap<Entry, Tensor>

/** What one direction of the loss works with. */
interface Half {
  /** Weights of the query encoder and of the key encoder. */
  q: Opened
  k: Opened
  /** Sums that the gradient is added to. */
  gradients: Map<Tensor, Tensor>
  order: Uint32Array | null
}

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
    const parameters = parametersOf(this.encoder.weights.trained)
    this.sgd = new Sgd(engine, { parameters, ...config })
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
   * Accumulates the gradient of one batch. The first batch of a step also applies the momentum update
   * to the key encoder.
   * @returns the losses of this batch
   */
  accumulate(query: Float32Array, key: Float32Array, place: BatchPlace = {}): StepResult {
    const { engine } = this
    return engine.scope(() => {
      if (this.pending === null) this.followQuery(place.keyMomentum)
      const { gradient, measured } = this.differentiate(
        this.clips(query),
        this.clips(key),
        place.batch,
      )
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
   * @param batch its place in the run
   */
  contrast(x1: Tensor, x2: Tensor, batch = 0): StepResult & { gradient: Tensor } {
    const { gradient, measured } = this.differentiate(x1, x2, batch)
    return { ...resultOf([...this.engine.read(stack(this.engine, measured))]), gradient }
  }

  private differentiate(
    x1: Tensor,
    x2: Tensor,
    batch = 0,
  ): { gradient: Tensor; measured: Tensor[] } {
    const { engine } = this
    const q = this.encoder.weights.open()
    const k = this.keyEncoder.weights.open()
    const gradients = new Map<Tensor, Tensor>()
    const first = this.half(x1, x2, { q, k, gradients, order: this.keyOrder(x1, batch, 0) })
    const second = this.half(x2, x1, { q, k, gradients, order: this.keyOrder(x1, batch, 1) })
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
  private half(x: Tensor, positives: Tensor, half: Half): Tensor[] {
    const { engine, config } = this
    const { gradients, order } = half
    return engine.scope(() => {
      const k = this.embed(this.keyEncoder, new Tape(engine), positives, half.k, order) // [B, D]
      const tape = new Tape(engine)
      tape.watch(half.q.values())
      const unshuffled = order && Uint32Array.from(order.keys())
      const q = this.embed(this.encoder, tape, x, half.q, unshuffled) // [B, D]
      const nce = infoNce(tape, q, k, this.queue.columns, config.temperature)
      tape.backward(nce.loss, engine.scalar(0.5), gradients)
      this.queue.enqueue(k)
      const [accuracy, top5] = [nce.hits, nce.hits5].map((hits) => raw.mean(engine, hits, [0]))
      return [nce.loss, accuracy, top5, nce.positive, nce.negative, spreadOf(engine, q)]
    })
  }

  /** How the keys of one direction are shuffled over groups; null where they are not. */
  private keyOrder(x: Tensor, batch: number, direction: 0 | 1): Uint32Array | null {
    const { shuffleBN, seed } = this.config
    return shuffleBN ? shuffledOrder(x.shape[0], seed, batch, direction) : null
  }

  /** @param order null for one group of all clips */
  private embed(
    encoder: Encoder,
    tape: Tape,
    x: Tensor,
    opened: Opened,
    order: Uint32Array | null,
  ): Tensor {
    return this.engine.scope(() => {
      const projection = order
        ? projectInGroups(encoder, tape, x, opened, order)
        : encoder.run(tape, x, opened, 'train').projection
      return normalizeRows(tape, projection)
    })
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
      return new Map([
        ...prefixed('query.', encoder.stateDict()),
        ...prefixed('key.', keyEncoder.stateDict()),
        ...optimiserState(sgd, encoder.weights),
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
    loadOptimiserState(this.sgd, this.encoder.weights, state)
    this.encoder.loadStateDict(unprefixed('query.', state))
    this.keyEncoder.loadStateDict(unprefixed('key.', state))
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

import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { attribute } from '../engine/attributes.ts'
import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import type { Tensor } from '../engine/tensor.ts'
import type { BatchPlace, Learner, Views } from '../methods/learner.ts'
import type { StateDict } from '../networks/weights.ts'
import { createOptimiser, type OptimiserConfig } from '../optimisers/index.ts'
import type { Optimiser } from '../optimisers/optimiser.ts'
import { parametersOf } from '../optimisers/parameters.ts'
import { loadOptimiserState, optimiserState } from '../optimisers/state.ts'

export type TrainingConfig = OptimiserConfig & Pick<PretrainConfig, 'clipNorm'>

/** Scalars that a method shows of a micro-batch, `loss` among them. */
export type Metrics = Record<string, number> & { loss: number }

/** Gradients of the micro-batches of a step so far. */
interface Pending {
  sums: Map<string, Tensor>
  /** L2 norm of all of them together. */
  norm: number
  batches: number
  /** Why the step is to end without an update; null where it is not. */
  skipped: string | null
}

/** How a step ended. */
export interface StepEnd {
  /** L2 norm of the gradient before clipping; null where there was no update. */
  norm: number | null
  /** Why there was no update; null where there was one. */
  skipped: string | null
}

/**
 * The steps of a training, whatever its method: gradients are accumulated over micro-batches,
 * averaged, clipped and handed to an optimiser for each network.
 */
export class Training {
  readonly learner: Learner
  private readonly engine: Engine
  private readonly config: TrainingConfig
  private readonly optimisers: ReadonlyMap<string, Optimiser>
  private pending: Pending | null = null

  /** @param learner becomes this training's own: `dispose` disposes of it */
  constructor(engine: Engine, learner: Learner, config: TrainingConfig) {
    this.engine = engine
    this.learner = learner
    this.config = config
    const optimisers = [...learner.trained].map(([network, { trained }]) => {
      const { rules, beta1 } = learner.treatments?.get(network) ?? {}
      const own = beta1 === undefined ? config : { ...config, beta1 }
      return [network, createOptimiser(engine, own, parametersOf(trained), rules)] as const
    })
    this.optimisers = new Map(optimisers)
  }

  /**
   * The long work that a method does before a step, if any; see `Learner.prepare`.
   * @param goesOn asked after every piece of it
   * @returns false where it was told to stop; the step must not be made then
   */
  async prepare(at: BatchPlace, goesOn: () => Promise<boolean>): Promise<boolean> {
    const { learner, optimisers } = this
    if (!learner.prepare) return true
    const takeIn = await learner.prepare(at, goesOn)
    takeIn?.().forEach((network) => optimisers.get(network)!.restart())
    return takeIn !== null
  }

  /**
   * Accumulates one micro-batch.
   * @returns what the method measured: where processes share the batch, the mean over them
   */
  accumulate(views: Views, at: BatchPlace): Metrics {
    const { engine, learner } = this
    return engine.scope(() => {
      if (this.pending === null) this.begin(at)
      const { gradients, metrics, skipUpdate } = learner.learn(views, at)
      const sums = this.add(gradients)
      const halfSquares = [...sums.values()].map((sum) => halfSquare(engine, sum))
      // All that the host needs of a batch comes in one piece: on a GPU, each read waits for it.
      const values = [...engine.read(stack(engine, [...halfSquares, ...metrics.values()]))]
      const squares = 2 * values.slice(0, sums.size).reduce((total, half) => total + half, 0)
      const batches = (this.pending?.batches ?? 0) + 1
      const skipped = skipUpdate ?? this.pending?.skipped ?? null
      this.pending = { sums, norm: Math.sqrt(squares), batches, skipped }
      const measured = Float32Array.from(values.slice(sums.size))
      engine.collective?.sum(measured)
      const processes = engine.collective?.size ?? 1
      const means = [...metrics.keys()].map((name, i) => [name, measured[i] / processes])
      return Object.fromEntries(means) as Metrics
    })
  }

  /**
   * Ends the step with the mean gradient of its micro-batches, clipped. Nothing is changed where that
   * is not finite, or where the method asked for no update.
   * @param base the learning rate before warm-up and schedule, for networks whose rate is constant
   */
  finishStep(lr: number, base = lr): StepEnd {
    const { engine, learner } = this
    const { sums, norm: ofSum, batches, skipped } = this.pending!
    this.pending = null
    const norm = ofSum / batches
    const factor = clipFactor(norm, this.config.clipNorm) / batches
    const moves = skipped === null && Number.isFinite(norm)
    engine.scope(() => {
      for (const [network, sum] of sums) {
        if (moves) {
          const gradient = factor === 1 ? sum : raw.scale(engine, sum, factor)
          const rate = learner.treatments?.get(network)?.constantRate ? base : lr
          const weights = learner.trained.get(network)!
          weights.theta = this.optimisers.get(network)!.step(weights.theta, gradient, rate)
        }
        engine.release(sum)
      }
    })
    return { norm: skipped === null ? norm : null, skipped }
  }

  /** The parameters of the network that is evaluated, [P]. */
  encoderWeights(): Float32Array {
    const { engine, learner } = this
    return engine.scope(() => engine.read(learner.encoder.weights.theta))
  }

  /** Everything that training goes on from. Loading it gives the very same next steps. */
  stateDict(): StateDict {
    const { learner, optimisers } = this
    const state = learner.stateDict()
    for (const [network, optimiser] of optimisers) {
      const weights = learner.trained.get(network)!
      optimiserState(optimiser, weights, network).forEach((entry, name) => state.set(name, entry))
    }
    return state
  }

  /** @throws StateError when the state is not of this method and configuration. */
  loadState(state: StateDict): void {
    const { learner, optimisers } = this
    learner.loadState(state)
    for (const [network, optimiser] of optimisers) {
      loadOptimiserState(optimiser, learner.trained.get(network)!, state, network)
    }
  }

  dispose(): void {
    this.pending?.sums.forEach((sum) => this.engine.release(sum))
    this.pending = null
    this.learner.dispose()
    this.optimisers.forEach((optimiser) => optimiser.dispose())
  }

  /** A step begins, and with it perhaps a phase whose optimisers remember nothing. */
  private begin(at: BatchPlace): void {
    const { step, phase } = at
    if (phase?.freshOptimiser && step === phase.from && step > 0) {
      this.optimisers.forEach((optimiser) => optimiser.restart())
    }
    this.learner.begin(at)
  }

  /** The sums of gradients with those of one more micro-batch, held. */
  private add(gradients: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
    const { engine } = this
    const sums = new Map(this.pending?.sums)
    for (const [network, gradient] of gradients) {
      const before = sums.get(network)
      sums.set(network, engine.hold(before ? raw.add(engine, before, gradient) : gradient))
      if (before) engine.release(before)
    }
    return sums
  }
}

/** As PyTorch's `clip_grad_norm_`. @param limit 0 for none */
function clipFactor(norm: number, limit: number): number {
  return limit === 0 ? 1 : Math.min(1, limit / (norm + 1e-6))
}

function halfSquare(engine: Engine, x: Tensor): Tensor {
  return engine.op('L2Loss', [x], [attribute.type('T', x.dtype)])
}

/** Scalars as one vector. */
function stack(engine: Engine, scalars: readonly Tensor[]): Tensor {
  const parts = scalars.map((scalar) => engine.reshape(scalar, [1]))
  return raw.concat(engine, parts, 0)
}

import { predictedClasses } from '#shared/metrics/accuracy.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { Engine } from '../../engine/engine.ts'
import { dropout } from '../../engine/ops/dropout.ts'
import { linear } from '../../engine/ops/linear.ts'
import { raw } from '../../engine/raw.ts'
import { Tape } from '../../engine/tape.ts'
import { sizeOf, type Tensor } from '../../engine/tensor.ts'
import { crossEntropy } from '../../objectives/cross-entropy.ts'
import type { Encoder } from '../../encoders/encoder.ts'
import { StateError, type StateDict } from '../../networks/weights.ts'
import { createOptimiser } from '../../optimisers/index.ts'
import type { Optimiser } from '../../optimisers/optimiser.ts'
import { parametersOf } from '../../optimisers/parameters.ts'
import { loadOptimiserState, optimiserState } from '../../optimisers/state.ts'

export interface ClassifierOptions {
  classes: number
  momentum: number
  weightDecay: number
  /** Part of the features that is left out at each step. */
  dropout: number
  /** Default SGD. AdamW does not decay biases and norms. */
  optimiser?: 'sgd' | 'adamw'
  /** Factor on the learning rate of each layer of a transformer below the next. Default 1. */
  layerDecay?: number
  /** Of a transformer: probability of leaving out a residual branch of its last block. Default 0. */
  dropPath?: number
  seed: number
}

/** Clips of a batch with their classes. */
export interface LabelledClips {
  /** Normalised, [B, T, H, W, 3] */
  data: Float32Array
  shape: readonly [number, number, number, number, 3]
  labels: ArrayLike<number> // [B]
}

export interface ClassifierStep {
  loss: number
  /** Part of the clips whose class scores best, in [0, 1]. */
  accuracy: number
}

/** Tells the random numbers of dropped branches from those of dropped features. */
const PATH = 0x70617468
const HEAD = 'head'
const ENCODER = 'encoder.'

/** An encoder with a linear classifier on its pooled features, both trained. */
export class Classifier {
  private readonly engine: Engine
  private readonly encoder: Encoder
  private readonly options: ClassifierOptions
  private readonly optimiser: Optimiser
  private readonly headOptimiser: Optimiser
  /** Weights [C, K] row by row, then biases [K]. */
  private head: Tensor

  /** @param encoder is trained in place; it stays its owner's */
  constructor(engine: Engine, encoder: Encoder, options: ClassifierOptions) {
    this.engine = engine
    this.encoder = encoder
    this.options = options
    const weights = encoder.featureSize * options.classes
    const size = weights + options.classes
    const rng = new Rng(deriveSeed(options.seed, 0x68656164))
    const initial = Float32Array.from({ length: size }, (_, i) =>
      i < weights ? 0.01 * rng.normal() : 0,
    )
    this.head = engine.held(initial, [size])
    const { optimiser = 'sgd', layerDecay = 1, classes } = options
    const config = { ...options, optimiser, decayVectors: optimiser === 'sgd' }
    const rules = layerDecay === 1 ? [] : encoder.layerRates(layerDecay)
    const parameters = parametersOf(encoder.weights.trained)
    this.optimiser = createOptimiser(engine, config, parameters, rules)
    this.headOptimiser = createOptimiser(engine, config, [
      { name: `${HEAD}.weight`, shape: [classes, encoder.featureSize], size: weights },
      { name: `${HEAD}.bias`, shape: [classes], size: classes },
    ])
  }

  /** One step of training. Where the loss is not finite, nothing is changed but the statistics. */
  step(batch: LabelledClips, lr: number, seed: number): ClassifierStep {
    const { engine, encoder } = this
    return engine.scope(() => {
      const { loss, logits, gradient, headGradient } = this.differentiate(batch, seed)
      const value = engine.read(loss)[0]
      const predicted = predictedClasses(engine.read(logits), this.options.classes)
      const right = predicted.filter((label, i) => label === batch.labels[i]).length
      if (Number.isFinite(value)) {
        encoder.weights.theta = this.optimiser.step(encoder.weights.theta, gradient, lr)
        this.replaceHead(this.headOptimiser.step(this.head, headGradient, lr))
      }
      return { loss: value, accuracy: right / predicted.length }
    })
  }

  /**
   * Loss of a batch, and its gradients in the encoder's parameters [P] and the head's [C*K + K];
   * call it within `engine.scope`.
   * @param seed draws what is dropped
   */
  differentiate(
    { data, shape, labels }: LabelledClips,
    seed: number,
  ): { loss: Tensor; logits: Tensor; gradient: Tensor; headGradient: Tensor } {
    const { engine, encoder } = this
    const opened = encoder.weights.open()
    const [weights, bias] = this.openHead()
    const tape = new Tape(engine)
    tape.watch([...opened.values(), weights, bias])
    const { dropPath: rate = 0 } = this.options
    const pathDrop = rate > 0 ? { rate, rng: new Rng(deriveSeed(seed, PATH)) } : undefined
    const clips = engine.tensor(data, shape)
    const features = encoder.run(tape, clips, opened, 'train', pathDrop) // [B, C]
    const logits = linear(
      tape,
      dropout(tape, features, this.options.dropout, new Rng(seed)),
      weights,
      bias,
    ) // [B, K]
    const loss = crossEntropy(tape, logits, labels)
    const gradients = tape.backward(loss, engine.scalar(1))
    const of = (leaf: Tensor): Tensor => gradients.get(leaf) ?? zerosLike(engine, leaf)
    const gradient = encoder.weights.flatten([...opened.values()].map(of))
    const flat = [weights, bias].map((leaf) => engine.reshape(of(leaf), [sizeOf(leaf.shape)]))
    const headGradient = raw.concat(engine, flat, 0)
    gradients.forEach((held) => engine.release(held))
    return { loss, logits, gradient, headGradient }
  }

  /** The head as plain numbers: weights [C, K] and bias [K]. */
  readHead(): { weights: Float32Array; bias: Float32Array } {
    const values = this.engine.read(this.head)
    const weights = this.encoder.featureSize * this.options.classes
    return { weights: values.slice(0, weights), bias: values.slice(weights) }
  }

  /** Everything that training goes on from. */
  stateDict(): StateDict {
    const { engine, encoder } = this
    const vector = (x: Tensor) => ({ shape: [...x.shape], data: engine.read(x).slice() })
    const { buffers } = this.headOptimiser.state()
    const ofHead: StateDict = new Map(
      [...buffers].map(([name, data]) => [
        `${HEAD}.${name}`,
        { shape: [...this.head.shape], data },
      ]),
    )
    return new Map([
      ...[...encoder.stateDict()].map(([name, entry]) => [ENCODER + name, entry] as const),
      ...optimiserState(this.optimiser, encoder.weights),
      [HEAD, vector(this.head)],
      ...ofHead,
    ])
  }

  /** @throws StateError when the state is of another encoder or other classes. */
  loadState(state: StateDict): void {
    const { engine, encoder } = this
    const head = state.get(HEAD)
    const size = this.head.shape[0]
    const names = this.headOptimiser.bufferNames
    const buffers = new Map(names.map((name) => [name, state.get(`${HEAD}.${name}`)?.data]))
    if (![head?.data, ...buffers.values()].every((data) => data?.length === size)) {
      throw new StateError(
        `The state has no classifier of ${this.options.classes} classes. Start a new evaluation.`,
      )
    }
    const own = (prefix: string): StateDict =>
      new Map(
        [...state]
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, entry]) => [name.slice(prefix.length), entry]),
      )
    loadOptimiserState(this.optimiser, encoder.weights, state)
    encoder.loadStateDict(own(ENCODER))
    // Both have taken the same steps.
    const { steps } = this.optimiser.state()
    this.headOptimiser.load({ buffers: buffers as Map<string, Float32Array>, steps })
    engine.scope(() => this.replaceHead(engine.tensor(head!.data.slice(), [size])))
  }

  dispose(): void {
    this.engine.release(this.head)
    this.optimiser.dispose()
    this.headOptimiser.dispose()
  }

  private openHead(): [Tensor, Tensor] {
    const { engine, encoder, options } = this
    const { featureSize: C } = encoder
    const { classes: K } = options
    const [weights, bias] = raw.split(engine, this.head, [C * K, K], 0)
    return [engine.reshape(weights, [C, K]), bias]
  }

  private replaceHead(value: Tensor): void {
    this.engine.hold(value)
    this.engine.release(this.head)
    this.head = value
  }
}

function zerosLike(engine: Engine, x: Tensor): Tensor {
  const zeros = engine.tensor(new Float32Array(sizeOf(x.shape)), x.shape)
  return engine.cast(zeros, x.dtype)
}

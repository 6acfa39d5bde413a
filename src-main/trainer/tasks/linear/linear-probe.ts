import type { EvaluationSettings } from '#shared/config/evaluation-settings.ts'
import { CLASSIFIER_MOMENTUM } from '#shared/tasks/settings/classifier-settings.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import type { Engine } from '../../engine/engine.ts'
import { linear } from '../../engine/ops/linear.ts'
import { raw } from '../../engine/raw.ts'
import { Tape } from '../../engine/tape.ts'
import { sizeOf, type Tensor } from '../../engine/tensor.ts'
import { crossEntropy } from '../../objectives/cross-entropy.ts'
import { withoutVectorDecay } from '../../optimisers/parameters.ts'
import { Sgd } from '../../optimisers/sgd.ts'
import { probeLearningRate } from './learning-rate.ts'
import { unitRows } from '../neighbours/unit-rows.ts'

/** Clip features of one split. */
export interface FeatureSet {
  /** [N, C], row-major. */
  features: Float32Array
  /** Class of each row, [N]. */
  labels: Int32Array
  /** C. */
  size: number
}

/** What features are changed by before the classifier: (x - mean) / deviation. */
export interface Standardisation {
  mean: Float32Array // [C]
  deviation: Float32Array // [C]
}

/** logits = ((x - mean) / deviation) W + b */
export interface LinearProbe extends Standardisation {
  weights: Float32Array // [C, K]
  bias: Float32Array // [K]
}

export interface LinearProbeOptions extends ProbeSettings {
  classes: number
  seed: number
  /** Called after each epoch; `false` ends the training. */
  onEpoch?: (epoch: number, loss: number) => Promise<boolean>
}

export type ProbeSettings = Pick<
  EvaluationSettings,
  | 'epochs'
  | 'batch'
  | 'lr'
  | 'warmup'
  | 'decay'
  | 'milestone1'
  | 'milestone2'
  | 'factor'
  | 'weightDecay'
  | 'standardise'
>

/** A linear classifier in training: softmax cross-entropy and SGD with momentum, from zeros. */
export class ProbeTraining {
  private readonly engine: Engine
  private readonly standardisation: Standardisation
  private readonly features: number // C
  private readonly classes: number // K
  private readonly sgd: Sgd
  /** Weights [C, K] row by row, then biases [K]. */
  private theta: Tensor

  constructor(
    engine: Engine,
    options: { classes: number; weightDecay: number; standardisation: Standardisation },
  ) {
    const { classes: K, weightDecay, standardisation } = options
    const C = standardisation.mean.length
    this.engine = engine
    this.standardisation = standardisation
    this.features = C
    this.classes = K
    const parameters = [
      { name: 'weight', shape: [K, C], size: C * K },
      { name: 'bias', shape: [K], size: K },
    ]
    const rules = [withoutVectorDecay]
    this.sgd = new Sgd(engine, { parameters, weightDecay, rules, momentum: CLASSIFIER_MOMENTUM })
    this.theta = engine.held(new Float32Array(C * K + K), [C * K + K])
  }

  /** The classifier as it is now. */
  get probe(): LinearProbe {
    const { engine, features: C, classes: K } = this
    const values = engine.scope(() => engine.read(this.theta).slice())
    const [weights, bias] = [values.subarray(0, C * K), values.subarray(C * K)]
    return { weights, bias, ...this.standardisation }
  }

  /**
   * One step. Weight decay spares the bias.
   * @param features [B, C] @param labels [B] @returns the mean loss before the step
   * @throws Error when that is no longer a number
   */
  step(features: Float32Array, labels: ArrayLike<number>, rate: number): number {
    const { engine, features: C } = this
    return engine.scope(() => {
      const standard = standardised(features, this.standardisation)
      const x = engine.tensor(standard, [labels.length, C])
      const { loss, gradient } = this.differentiate(x, labels)
      if (!Number.isFinite(loss)) {
        throw new Error(
          'The loss of the linear probe is no longer a finite number. ' +
            'Start a new evaluation with a lower learning rate or weight decay.',
        )
      }
      const moved = engine.hold(this.sgd.step(this.theta, gradient, rate))
      engine.release(this.theta)
      this.theta = moved
      return loss
    })
  }

  dispose(): void {
    this.engine.release(this.theta)
    this.sgd.dispose()
  }

  /** Mean cross-entropy of a batch and its gradient in theta; runs in a scope. */
  private differentiate(
    x: Tensor, // [B, C]
    labels: ArrayLike<number>,
  ): { loss: number; gradient: Tensor } {
    const { engine, features: C, classes: K } = this
    const [weights, bias] = raw.split(engine, this.theta, [C * K, K], 0)
    const W = engine.reshape(weights, [C, K])
    const tape = new Tape(engine)
    tape.watch([W, bias])
    const loss = crossEntropy(tape, linear(tape, x, W, bias), labels)
    const gradients = tape.backward(loss, engine.scalar(1))
    const flat = [W, bias].map((leaf) => engine.reshape(gradients.get(leaf)!, [sizeOf(leaf.shape)]))
    const gradient = raw.concat(engine, flat, 0)
    gradients.forEach((held) => engine.release(held))
    return { loss: engine.read(loss)[0], gradient }
  }
}

/**
 * Trains a linear classifier on frozen features of the same clips in every epoch.
 * @returns null when `onEpoch` ended it
 * @throws Error when training diverges
 */
export async function trainLinearProbe(
  engine: Engine,
  train: FeatureSet,
  options: LinearProbeOptions,
): Promise<LinearProbe | null> {
  const { classes, seed, epochs, batch, weightDecay } = options
  const N = train.labels.length
  const standardisation = standardisationOf(train, options.standardise)
  const training = new ProbeTraining(engine, { classes, weightDecay, standardisation })
  const steps = epochs * Math.ceil(N / batch)
  let step = 0
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = new Rng(deriveSeed(seed, 31, epoch)).permutation(N)
      let loss = 0
      for (let from = 0; from < N; from += batch) {
        const rows = order.subarray(from, from + batch)
        const rate = probeLearningRate(options, { step: step++, steps, epoch })
        const { features, labels } = gather(train, rows)
        loss += training.step(features, labels, rate) * rows.length
      }
      if ((await options.onEpoch?.(epoch + 1, loss / N)) === false) return null
    }
    return training.probe
  } finally {
    training.dispose()
  }
}

function gather(
  { features, labels, size: C }: FeatureSet,
  rows: Uint32Array,
): Pick<FeatureSet, 'features' | 'labels'> {
  const some = new Float32Array(rows.length * C)
  rows.forEach((row, i) => some.set(features.subarray(row * C, (row + 1) * C), i * C))
  return { features: some, labels: Int32Array.from(rows, (row) => labels[row]) }
}

/** Logits of clips, [N, K]. */
export function applyLinearProbe(probe: LinearProbe, features: Float32Array): Float32Array {
  const { weights, bias, mean } = probe
  const C = mean.length
  const K = bias.length
  const x = standardised(features, probe)
  const logits = new Float32Array((features.length / C) * K)
  for (let n = 0; n * C < x.length; n++) {
    for (let k = 0; k < K; k++) {
      let sum = bias[k]
      for (let c = 0; c < C; c++) sum += x[n * C + c] * weights[c * K + k]
      logits[n * K + k] = sum
    }
  }
  return logits
}

/** What is done to features, [N, C], before they are standardised. */
export function preparation(
  { normalise }: Pick<EvaluationSettings, 'normalise'>,
  size: number,
): (features: Float32Array) => Float32Array {
  return normalise ? (features) => unitRows(features, size) : (features) => features
}

/** Leaves features as they are. @param size C */
export function unchanged(size: number): Standardisation {
  return { mean: new Float32Array(size), deviation: new Float32Array(size).fill(1) }
}

/** By the features' own mean and deviation, or none; a feature that never changes is only shifted. */
export function standardisationOf(
  { features, size }: Pick<FeatureSet, 'features' | 'size'>,
  kind: EvaluationSettings['standardise'],
): Standardisation {
  const { mean, deviation } = unchanged(size)
  if (kind === 'none') return { mean, deviation }
  const rows = features.length / size
  for (let c = 0; c < size; c++) {
    let sum = 0
    for (let i = c; i < features.length; i += size) sum += features[i]
    mean[c] = sum / rows
    let squares = 0
    for (let i = c; i < features.length; i += size) squares += (features[i] - mean[c]) ** 2
    deviation[c] = Math.sqrt(squares / rows) || 1
  }
  return { mean, deviation }
}

function standardised(features: Float32Array, { mean, deviation }: Standardisation): Float32Array {
  const C = mean.length
  return features.map((value, i) => (value - mean[i % C]) / deviation[i % C])
}

import type { EvaluationSettings } from '#shared/config/evaluation-settings.ts'
import { deriveSeed, Rng } from '#shared/random/rng.ts'
import { attribute, type Attribute } from '../engine/attributes.ts'
import type { Engine } from '../engine/engine.ts'
import { DType } from '../engine/tensor.ts'
import { probeLearningRate } from './learning-rate.ts'
import { unitRows } from './unit-rows.ts'

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
  | 'decay'
  | 'milestone1'
  | 'milestone2'
  | 'factor'
  | 'weightDecay'
  | 'standardise'
>

const MOMENTUM = 0.9

/** A linear classifier in training: softmax cross-entropy and SGD with momentum, from zeros. */
export class ProbeTraining {
  readonly probe: LinearProbe
  private readonly engine: Engine
  private readonly weights: Momentum
  private readonly bias: Momentum
  private readonly weightDecay: number

  constructor(
    engine: Engine,
    options: { classes: number; weightDecay: number; standardisation: Standardisation },
  ) {
    const { classes, weightDecay, standardisation } = options
    this.engine = engine
    this.weights = new Momentum(standardisation.mean.length * classes)
    this.bias = new Momentum(classes)
    this.weightDecay = weightDecay
    this.probe = { weights: this.weights.value, bias: this.bias.value, ...standardisation }
  }

  /**
   * One step. Weight decay spares the bias.
   * @param features [B, C] @param labels [B] @returns the mean loss before the step
   * @throws Error when that is no longer a number
   */
  step(features: Float32Array, labels: ArrayLike<number>, rate: number): number {
    const [B, C, K] = [labels.length, this.probe.mean.length, this.bias.value.length]
    const x = standardised(features, this.probe)
    const y = new Float32Array(B * K)
    for (let n = 0; n < B; n++) y[n * K + labels[n]] = 1
    const batch = { x, y, B, C, K }
    const { weights, bias, loss } = probeGradient(
      this.engine,
      batch,
      this.weights.value,
      this.bias.value,
    )
    if (!Number.isFinite(loss)) {
      throw new Error(
        'The loss of the linear probe is no longer a number. ' +
          'Start a new evaluation with a lower learning rate or weight decay.',
      )
    }
    this.weights.update(weights, rate, this.weightDecay)
    this.bias.update(bias, rate, 0)
    return loss
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
}

/** v = mu v + (g + wd w); w = w - lr v */
class Momentum {
  readonly value: Float32Array
  private readonly velocity: Float32Array

  constructor(size: number) {
    this.value = new Float32Array(size)
    this.velocity = new Float32Array(size)
  }

  update(gradient: Float32Array, rate: number, weightDecay: number): void {
    const { value, velocity } = this
    for (let i = 0; i < value.length; i++) {
      velocity[i] = MOMENTUM * velocity[i] + gradient[i] + weightDecay * value[i]
      value[i] -= rate * velocity[i]
    }
  }
}

interface ProbeBatch {
  x: Float32Array // [B, C]
  /** One row a clip, 1 at its class. */
  y: Float32Array // [B, K]
  B: number
  C: number
  K: number
}

/** Mean cross-entropy of a batch and its gradient to weights [C, K] and bias [K]. */
function probeGradient(
  engine: Engine,
  { x, y, B, C, K }: ProbeBatch,
  weights: Float32Array,
  bias: Float32Array,
): { weights: Float32Array; bias: Float32Array; loss: number } {
  let result = { weights, bias, loss: NaN }
  engine.scope(() => {
    const X = engine.tensor(x, [B, C])
    const product = engine.op('MatMul', [X, engine.tensor(weights, [C, K])], matMul(false))
    const logits = engine.op('BiasAdd', [product, engine.tensor(bias, [K])], [float32])
    const [losses, g] = engine.ops(
      'SoftmaxCrossEntropyWithLogits',
      [logits, engine.tensor(y, [B, K])],
      [float32],
      2,
    ) // [B], [B, K]
    const gW = engine.op('MatMul', [X, g], matMul(true)) // [C, K]
    const gb = engine.op('BiasAddGrad', [g], [float32]) // [K]
    result = {
      weights: engine.read(gW).map((value) => value / B),
      bias: engine.read(gb).map((value) => value / B),
      loss: engine.read(losses).reduce((sum, value) => sum + value, 0) / B,
    }
  })
  return result
}

const float32 = attribute.type('T', DType.float32)

function matMul(transposeLeft: boolean): Attribute[] {
  return [
    float32,
    attribute.bool('transpose_a', transposeLeft),
    attribute.bool('transpose_b', false),
  ]
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

import { deriveSeed, Rng } from '#shared/random/rng.ts'
import { attribute, type Attribute } from '../engine/attributes.ts'
import type { Engine } from '../engine/engine.ts'
import { DType } from '../engine/tensor.ts'
import { cosineLearningRate } from '../methods/schedule.ts'

/** Clip features of one split. */
export interface FeatureSet {
  /** [N, C], row-major. */
  features: Float32Array
  /** Class of each row, [N]. */
  labels: Int32Array
  /** C. */
  size: number
}

export interface LinearProbeOptions {
  classes: number
  seed: number
  /** Passes over the clips. Default 100. */
  epochs?: number
  /** Clips a step. Default 128. */
  batch?: number
  /** At the start of the cosine schedule. Default 0.1. */
  lr?: number
  /** Default 1e-4. */
  weightDecay?: number
  /** Called after each epoch; `false` ends the training. */
  onEpoch?: (epoch: number, loss: number) => Promise<boolean>
}

/** logits = ((x - mean) / deviation) W + b */
export interface LinearProbe {
  weights: Float32Array // [C, K]
  bias: Float32Array // [K]
  mean: Float32Array // [C]
  deviation: Float32Array // [C]
}

const MOMENTUM = 0.9

/**
 * Trains a linear classifier on frozen features: softmax cross-entropy, SGD with momentum and a
 * cosine schedule. Features are standardised by the training clips' statistics, so that one
 * learning rate suits every encoder.
 * @returns null when `onEpoch` ended it
 */
export async function trainLinearProbe(
  engine: Engine,
  train: FeatureSet,
  options: LinearProbeOptions,
): Promise<LinearProbe | null> {
  const { classes: K, seed, epochs = 100, batch = 128, lr = 0.1, weightDecay = 1e-4 } = options
  const C = train.size
  const N = train.labels.length
  const { mean, deviation } = statistics(train)
  const x = standardise(train.features, mean, deviation) // [N, C]
  const weights = new Momentum(C * K)
  const bias = new Momentum(K)
  const steps = epochs * Math.ceil(N / batch)
  let step = 0
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = new Rng(deriveSeed(seed, 31, epoch)).permutation(N)
    let loss = 0
    for (let from = 0; from < N; from += batch) {
      const rows = order.subarray(from, from + batch)
      const rate = cosineLearningRate(lr, step++, steps)
      const input = { ...gather(x, train.labels, rows, C, K), B: rows.length, C, K }
      const gradient = probeGradient(engine, input, weights.value, bias.value)
      weights.update(gradient.weights, rate, weightDecay)
      bias.update(gradient.bias, rate, 0)
      loss += gradient.loss * rows.length
    }
    if ((await options.onEpoch?.(epoch + 1, loss / N)) === false) return null
  }
  return { weights: weights.value, bias: bias.value, mean, deviation }
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
  features: Float32Array,
  labels: Int32Array,
  rows: Uint32Array,
  C: number,
  K: number,
): { x: Float32Array; y: Float32Array } {
  const x = new Float32Array(rows.length * C)
  const y = new Float32Array(rows.length * K)
  rows.forEach((row, i) => {
    x.set(features.subarray(row * C, (row + 1) * C), i * C)
    y[i * K + labels[row]] = 1
  })
  return { x, y }
}

/** Logits of clips, [N, K]. */
export function applyLinearProbe(probe: LinearProbe, features: Float32Array): Float32Array {
  const { weights, bias, mean, deviation } = probe
  const C = mean.length
  const K = bias.length
  const x = standardise(features, mean, deviation)
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

function statistics({ features, size }: FeatureSet): {
  mean: Float32Array
  deviation: Float32Array
} {
  const rows = features.length / size
  const mean = new Float32Array(size)
  const deviation = new Float32Array(size)
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

function standardise(
  features: Float32Array,
  mean: Float32Array,
  deviation: Float32Array,
): Float32Array {
  const C = mean.length
  return features.map((value, i) => (value - mean[i % C]) / deviation[i % C])
}

import { attribute, type Attribute } from '../attributes.ts'
import type { Tape } from '../tape.ts'
import { DType, type Tensor } from '../tensor.ts'
import { relu } from './elementwise.ts'

/** PyTorch's defaults. */
const EPSILON = 1e-5
const MOMENTUM = 0.1

/** What batch normalisation reads, each [C], float32. */
export interface NormTensors {
  scale: Tensor
  offset: Tensor
  runningMean: Tensor
  runningVariance: Tensor
}

export interface NormResult {
  /** As x. */
  y: Tensor
  /** The running statistics after this batch; those that came in, in evaluation mode. */
  runningMean: Tensor
  runningVariance: Tensor
}

/**
 * Batch normalisation over all axes of x but the last, then ReLU when asked for. In training mode
 * with the statistics of the batch; the running ones move by a tenth towards them, the variance
 * unbiased, as PyTorch's do.
 */
export function batchNorm(
  tape: Tape,
  x: Tensor,
  norm: NormTensors,
  options: { training: boolean; relu: boolean },
): NormResult {
  const { engine } = tape
  const { scale, offset, runningMean, runningVariance } = norm
  const flat = [x.shape[0] * x.shape[1], x.shape[2], x.shape[3], x.shape[4]]
  const [y, mean, variance, batchMean, batchVariance, third] = engine.ops(
    'FusedBatchNormV3',
    [engine.reshape(x, flat), scale, offset, runningMean, runningVariance],
    [
      ...attributesOf(x, options.training),
      attribute.float('exponential_avg_factor', options.training ? MOMENTUM : 1),
    ],
    6,
  )
  const normalised = tape.record(
    engine.reshape(y, x.shape),
    [x, scale, offset],
    [x, batchMean, batchVariance, third],
    (dy) => {
      const [dx, dScale, dOffset] = engine.ops(
        'FusedBatchNormGradV3',
        [
          engine.reshape(dy, flat),
          engine.reshape(x, flat),
          scale,
          ...(options.training ? [batchMean, batchVariance] : [runningMean, runningVariance]),
          third,
        ],
        attributesOf(x, options.training),
        5,
      )
      return [engine.reshape(dx, x.shape), dScale, dOffset]
    },
  )
  return {
    y: options.relu ? relu(tape, normalised) : normalised,
    runningMean: options.training ? mean : runningMean,
    runningVariance: options.training ? variance : runningVariance,
  }
}

function attributesOf(x: Tensor, training: boolean): Attribute[] {
  return [
    attribute.type('T', x.dtype),
    attribute.type('U', DType.float32),
    attribute.float('epsilon', EPSILON),
    attribute.string('data_format', 'NHWC'),
    attribute.bool('is_training', training),
  ]
}

import { raw } from '../raw.ts'
import type { Tape } from '../tape.ts'
import type { Tensor } from '../tensor.ts'
import type { NormResult } from './norm-options.ts'
import { meanOverRanks, momentsOfBatch } from './over-ranks.ts'
import { movedStatistics } from './running-statistics.ts'

/** PyTorch's defaults. */
const EPSILON = 1e-5
const MOMENTUM = 0.1

/** What the normalisation of vectors reads, each [C], in the master type. */
export interface VectorNormTensors {
  /** A learned scale and offset; null for none. */
  affine: { scale: Tensor; offset: Tensor } | null
  runningMean: Tensor
  runningVariance: Tensor
}

/**
 * Batch normalisation of vectors x [B, C], as PyTorch's `BatchNorm1d`. In training mode with the
 * statistics of the batch, of all processes that share it; the running ones move by a tenth towards
 * them, the variance unbiased.
 * @throws RangeError in training mode for one vector alone, which has no variance
 */
export function vectorNorm(
  tape: Tape,
  x: Tensor,
  norm: VectorNormTensors,
  training: boolean,
): NormResult {
  const { engine } = tape
  const count = x.shape[0] * (engine.collective?.size ?? 1)
  if (training && count < 2) {
    throw new RangeError(
      'Batch normalisation in training needs at least two clips: set batch to 2.',
    )
  }
  const { affine, runningMean, runningVariance } = norm
  const { mean, variance } = training
    ? momentsOfBatch(engine, x)
    : { mean: runningMean, variance: runningVariance } // [C] each
  const inverse = raw.rsqrt(engine, raw.add(engine, variance, engine.scalar(EPSILON))) // [C]
  const unit = raw.multiply(engine, raw.subtract(engine, x, mean), inverse) // [B, C]
  const y = scaled(tape, unit, affine)
  const inputs = affine ? [x, affine.scale, affine.offset] : [x]
  const saved = affine ? [unit, inverse, affine.scale] : [unit, inverse]
  tape.record(y, inputs, saved, (dy) => {
    const ofAffine = affine
      ? [raw.sum(engine, raw.multiply(engine, dy, unit), [0]), raw.sum(engine, dy, [0])]
      : []
    if (!tape.needs(x)) return [null, ...ofAffine]
    const dUnit = affine ? raw.multiply(engine, dy, affine.scale) : dy // [B, C]
    if (!training) return [raw.multiply(engine, dUnit, inverse), ...ofAffine]
    const own = [raw.multiply(engine, dUnit, unit), dUnit].map((g) =>
      raw.mean(engine, g, [0], true),
    )
    const means = meanOverRanks(engine, raw.concat(engine, own, 0)) // [2, C]
    const [along, centre] = raw.split(engine, means, [1, 1], 0) // [1, C] each
    const shared = raw.add(engine, raw.multiply(engine, unit, along), centre)
    return [raw.multiply(engine, raw.subtract(engine, dUnit, shared), inverse), ...ofAffine]
  })
  if (!training) return { y, runningMean, runningVariance }
  return { y, ...movedStatistics(engine, norm, { mean, variance, rows: count }, MOMENTUM) }
}

function scaled(tape: Tape, unit: Tensor, affine: VectorNormTensors['affine']): Tensor {
  const { engine } = tape
  if (!affine) return unit
  return raw.add(engine, raw.multiply(engine, unit, affine.scale), affine.offset)
}

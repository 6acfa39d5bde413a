import type { Engine } from '../engine.ts'
import { raw } from '../raw.ts'
import type { Tensor } from '../tensor.ts'
import type { NormResult, NormTensors } from './norm-options.ts'

/** Mean and variance of a batch by channel. */
export interface BatchMoments {
  /** [C] */
  mean: Tensor
  /** [C], divided by the number of rows. */
  variance: Tensor
  /** Rows that they were taken over, at least 2. */
  rows: number
}

/**
 * The running statistics after a batch: `momentum` of the way from the old ones to the batch's, whose
 * variance becomes the unbiased one, as PyTorch's do.
 */
export function movedStatistics(
  engine: Engine,
  old: Pick<NormTensors, 'runningMean' | 'runningVariance'>,
  { mean, variance, rows }: BatchMoments,
  momentum: number,
): Pick<NormResult, 'runningMean' | 'runningVariance'> {
  const moved = (from: Tensor, to: Tensor): Tensor =>
    raw.add(engine, raw.scale(engine, from, 1 - momentum), raw.scale(engine, to, momentum))
  const unbiased = raw.scale(engine, variance, rows / (rows - 1))
  return {
    runningMean: moved(old.runningMean, mean),
    runningVariance: moved(old.runningVariance, unbiased),
  }
}

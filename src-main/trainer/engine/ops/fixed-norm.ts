import { attribute } from '../attributes.ts'
import type { Engine } from '../engine.ts'
import type { Tensor } from '../tensor.ts'
import type { NormResult, NormTensors, WholeOptions } from './norm-options.ts'

/**
 * Batch normalisation with the mean and variance that are given as the running ones, and what follows it,
 * in one pass by the workbench's own op. Nothing is recorded.
 */
export function fixedNorm(
  engine: Engine,
  x: Tensor,
  norm: NormTensors,
  options: WholeOptions,
): NormResult {
  const { scale, offset, runningMean, runningVariance } = norm
  const shortcuts = options.shortcut ? [options.shortcut] : []
  const y = engine.op(
    'FameFixedNorm',
    [x, scale, offset, runningMean, runningVariance, ...shortcuts],
    [
      attribute.type('T', x.dtype),
      attribute.int('N', shortcuts.length),
      attribute.bool('relu', options.relu),
      attribute.float('epsilon', options.epsilon),
    ],
  )
  return { y, runningMean, runningVariance }
}

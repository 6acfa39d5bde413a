import { meanOverRanks } from '../engine/ops/over-ranks.ts'
import { raw } from '../engine/raw.ts'
import type { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'

/**
 * The mean of squared differences by weights: sum(w (x - y)^2) / sum(w). Where processes share a batch,
 * the sum of weights is its mean over them, so that the mean of their losses is that of the batch.
 * @param x that is learned, any shape
 * @param y its target, as long
 * @param weight as long, at least 0 and somewhere more
 * @returns scalar, in the master type
 */
export function weightedMse(tape: Tape, x: Tensor, y: Tensor, weight: Tensor): Tensor {
  const { engine } = tape
  const axes = [...x.shape.keys()]
  const difference = raw.subtract(engine, engine.cast(x, engine.master), y)
  const weighted = raw.multiply(engine, difference, weight)
  const total = meanOverRanks(engine, raw.sum(engine, weight, axes))
  const sum = raw.sum(engine, raw.multiply(engine, weighted, difference), axes)
  return tape.record(raw.divide(engine, sum, total), [x], [weighted, total], (dy) => {
    const factor = raw.scale(engine, raw.divide(engine, dy, total), 2)
    return [engine.cast(raw.multiply(engine, weighted, factor), x.dtype)]
  })
}

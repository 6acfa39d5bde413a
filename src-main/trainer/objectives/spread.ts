import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import type { Tensor } from '../engine/tensor.ts'

/**
 * Collapse, as Chen and He (CVPR 2021) show it: the standard deviation over the batch of each
 * number of the unit-length embeddings x [B, D], averaged, times sqrt(D).
 */
export function spreadOf(engine: Engine, x: Tensor): Tensor {
  const centre = raw.mean(engine, x, [0], true) // [1, D]
  const variance = raw.mean(engine, raw.squaredDifference(engine, x, centre), [0]) // [D]
  const deviation = raw.mean(engine, raw.sqrt(engine, variance), [0])
  return raw.scale(engine, deviation, Math.sqrt(x.shape[1]))
}

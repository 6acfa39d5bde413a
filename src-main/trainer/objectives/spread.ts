import type { Engine } from '../engine/engine.ts'
import { gatherRows } from '../engine/ops/over-ranks.ts'
import { raw } from '../engine/raw.ts'
import { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'

/**
 * Collapse, as Chen and He (CVPR 2021) show it: the standard deviation over the batch of each
 * number of the unit-length embeddings, averaged, times sqrt(D).
 * @param own embeddings [B, D] of the clips of this process
 */
export function spreadOf(engine: Engine, own: Tensor): Tensor {
  const x = gatherRows(new Tape(engine), own)
  const centre = raw.mean(engine, x, [0], true) // [1, D]
  const variance = raw.mean(engine, raw.squaredDifference(engine, x, centre), [0]) // [D]
  const deviation = raw.mean(engine, raw.sqrt(engine, variance), [0])
  return raw.scale(engine, deviation, Math.sqrt(x.shape[1]))
}

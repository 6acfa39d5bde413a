import { attribute } from '../engine/attributes.ts'
import { raw } from '../engine/raw.ts'
import type { Tape } from '../engine/tape.ts'
import { DType, type Tensor } from '../engine/tensor.ts'
import { diagonal } from './diagonal.ts'
import { exclude } from './exclude.ts'
import { hitsAmong } from './hits.ts'
import type { InfoNce } from './info-nce.ts'

/**
 * InfoNCE whose negatives are the keys of the other videos in the batch (Chen et al., ICCV 2021):
 * -log(exp(q_i·k_i / T) / sum_j exp(q_i·k_j / T)), the mean over the batch.
 * @param q queries at unit length, [B, D]
 * @param k their positives at unit length, [B, D], B at least 2; no gradient flows into them
 */
export function inBatchNce(tape: Tape, q: Tensor, k: Tensor, temperature: number): InfoNce {
  const { engine } = tape
  const [batch] = q.shape
  const similarity = raw.matmul(engine, q, k, { b: true }) // [B, B]
  const logits = raw.divide(engine, similarity, engine.scalar(temperature))
  const own = Array.from({ length: batch }, (_, i) => i)
  const [losses, softmaxMinusTarget] = engine.ops(
    'SparseSoftmaxCrossEntropyWithLogits',
    [logits, engine.ints(own)],
    [attribute.type('T', logits.dtype), attribute.type('Tlabels', DType.int32)],
    2,
  ) // [B], [B, B]
  const loss = raw.mean(engine, losses, [0])
  tape.record(loss, [q], [k, softmaxMinusTarget], (dLoss) => {
    const factor = raw.scale(engine, dLoss, 1 / (batch * temperature))
    return [raw.matmul(engine, raw.multiply(engine, softmaxMinusTarget, factor), k)] // [B, D]
  })
  const positive = raw.sum(engine, raw.multiply(engine, q, k), [1], true) // [B, 1]
  const apart = exclude(engine, similarity, diagonal(engine, batch))
  const sum = raw.sum(engine, similarity, [0, 1])
  const ofOthers = raw.subtract(engine, sum, raw.sum(engine, positive, [0, 1]))
  return {
    loss,
    ...hitsAmong(engine, positive, apart),
    positive: raw.mean(engine, positive, [0, 1]),
    negative: raw.scale(engine, ofOthers, 1 / (batch * (batch - 1))),
  }
}

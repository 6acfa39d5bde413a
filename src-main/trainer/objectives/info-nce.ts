import { attribute } from '../engine/attributes.ts'
import { raw } from '../engine/raw.ts'
import type { Tape } from '../engine/tape.ts'
import { DType, type Tensor } from '../engine/tensor.ts'
import { hitsAmong } from './hits.ts'

export interface InfoNce {
  /** Mean over the batch, scalar. */
  loss: Tensor
  /** 1 where the positive is more similar than every negative, else 0, [B]. */
  hits: Tensor
  /** 1 where at most four negatives are as similar as the positive, else 0, [B]. */
  hits5: Tensor
  /** Mean similarity of queries and their positives, scalar. */
  positive: Tensor
  /** Mean similarity of queries and negatives, scalar. */
  negative: Tensor
}

/**
 * InfoNCE (van den Oord et al., 2018) with a queue of negatives (He et al., CVPR 2020, equation 1):
 * -log(exp(q·k / T) / (exp(q·k / T) + sum_j exp(q·queue_j / T))).
 * @param q queries at unit length, [B, D]
 * @param k their positives at unit length, [B, D]; no gradient flows into them
 * @param queue negatives at unit length, one a column, [D, K]
 * @param extra a negative of each query's own at unit length, [B, D], into which the gradient flows
 */
export function infoNce(
  tape: Tape,
  q: Tensor,
  k: Tensor,
  queue: Tensor,
  temperature: number,
  extra: Tensor | null = null,
): InfoNce {
  const { engine } = tape
  const batch = q.shape[0]
  const positive = raw.sum(engine, raw.multiply(engine, q, k), [1], true) // [B, 1]
  const ofQueue = raw.matmul(engine, q, queue) // [B, K]
  const ofExtra = extra && raw.sum(engine, raw.multiply(engine, q, extra), [1], true) // [B, 1]
  const negative = ofExtra ? raw.concat(engine, [ofQueue, ofExtra], 1) : ofQueue
  const similarity = raw.concat(engine, [positive, negative], 1) // [B, 1 + K]
  const logits = raw.divide(engine, similarity, engine.scalar(temperature))
  const [losses, softmaxMinusTarget] = engine.ops(
    'SparseSoftmaxCrossEntropyWithLogits',
    [logits, engine.ints(new Array<number>(batch).fill(0))],
    [attribute.type('T', logits.dtype), attribute.type('Tlabels', DType.int32)],
    2,
  ) // [B], [B, 1 + K]; one more column for the extra negative
  const loss = raw.mean(engine, losses, [0])
  const inputs = extra ? [q, extra] : [q]
  tape.record(loss, inputs, [q, k, queue, softmaxMinusTarget, ...inputs.slice(1)], (dLoss) => {
    const factor = raw.scale(engine, dLoss, 1 / (batch * temperature))
    const dSimilarity = raw.multiply(engine, softmaxMinusTarget, factor)
    const widths = [1, queue.shape[1], ...(extra ? [1] : [])]
    const [dPositive, dQueue, dExtra] = raw.split(engine, dSimilarity, widths, 1)
    const fromPositive = raw.multiply(engine, k, dPositive)
    const fromQueue = raw.matmul(engine, dQueue, queue, { b: true })
    const dq = raw.add(engine, fromPositive, fromQueue) // [B, D]
    if (!extra) return [dq]
    const fromExtra = raw.multiply(engine, extra, dExtra)
    return [raw.add(engine, dq, fromExtra), raw.multiply(engine, q, dExtra)]
  })
  return {
    loss,
    ...hitsAmong(engine, positive, negative),
    positive: raw.mean(engine, positive, [0, 1]),
    negative: raw.mean(engine, negative, [0, 1]),
  }
}

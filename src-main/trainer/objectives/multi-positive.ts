import { attribute } from '../engine/attributes.ts'
import { raw } from '../engine/raw.ts'
import type { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'
import { exclude } from './exclude.ts'

export interface MultiPositive {
  /** Mean over the batch, scalar. */
  loss: Tensor
  /** Similarity of queries to their own keys, then to the queue, [B, 1 + K]. */
  similarity: Tensor
}

/**
 * InfoNCE with any number of positives, -log sum_P softmax([q·k, q·queue] / T), as the authors of
 * Han et al. (NeurIPS 2020) compute it (the MIL-NCE form of Miech et al., CVPR 2020).
 * @param q queries at unit length, [B, D]
 * @param k their own keys at unit length, [B, D]; no gradient flows into them
 * @param queue other keys at unit length, one a column, [D, K]
 * @param positives 1 where an entry is a positive, else 0, [B, 1 + K]: the own key, then the queue;
 * each row has at least one
 */
export function multiPositiveNce(
  tape: Tape,
  { q, k, queue, positives }: Record<'q' | 'k' | 'queue' | 'positives', Tensor>,
  temperature: number,
): MultiPositive {
  const { engine } = tape
  const [batch] = q.shape
  const own = raw.sum(engine, raw.multiply(engine, q, k), [1], true) // [B, 1]
  const similarity = raw.concat(engine, [own, raw.matmul(engine, q, queue)], 1) // [B, 1 + K]
  const logits = raw.scale(engine, similarity, 1 / temperature)
  const others = raw.subtract(engine, engine.scalar(1), positives)
  const ofPositives = exclude(engine, logits, others)
  const of = (op: 'Softmax' | 'LogSoftmax', x: Tensor): Tensor =>
    engine.op(op, [x], [attribute.type('T', x.dtype)])
  const among = of('Softmax', ofPositives) // [B, 1 + K], 0 where there is no positive
  // The softmax of the positives sums to 1, so this is the difference of the two log-sum-exps.
  const gap = raw.subtract(engine, of('LogSoftmax', ofPositives), of('LogSoftmax', logits))
  const losses = raw.sum(engine, raw.multiply(engine, among, gap), [1]) // [B]
  const dLogits = raw.subtract(engine, of('Softmax', logits), among)
  const loss = raw.mean(engine, losses, [0])
  tape.record(loss, [q], [k, queue, dLogits], (dLoss) => {
    const factor = raw.scale(engine, dLoss, 1 / (batch * temperature))
    const dSimilarity = raw.multiply(engine, dLogits, factor)
    const [dOwn, dQueue] = raw.split(engine, dSimilarity, [1, queue.shape[1]], 1)
    const fromQueue = raw.matmul(engine, dQueue, queue, { b: true })
    return [raw.add(engine, raw.multiply(engine, k, dOwn), fromQueue)] // [B, D]
  })
  return { loss, similarity }
}

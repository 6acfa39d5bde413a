import { attribute } from '../engine/attributes.ts'
import { raw } from '../engine/raw.ts'
import type { Tape } from '../engine/tape.ts'
import { DType, type Tensor } from '../engine/tensor.ts'

/**
 * Softmax cross-entropy, the mean over the batch: -log(softmax(logits)[label]).
 * @param logits [B, K]
 * @param labels class of each row, [B]
 * @param weights factor of each row, [B]; the mean still divides by B. Default 1
 * @returns scalar
 */
export function crossEntropy(
  tape: Tape,
  logits: Tensor,
  labels: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Tensor {
  const { engine } = tape
  const [losses, softmaxMinusTarget] = engine.ops(
    'SparseSoftmaxCrossEntropyWithLogits',
    [logits, engine.passingInts(Array.from(labels))],
    [attribute.type('T', logits.dtype), attribute.type('Tlabels', DType.int32)],
    2,
  ) // [B], [B, K]
  const factors = weights && engine.tensor(Float32Array.from(weights), [labels.length])
  const loss = raw.mean(engine, factors ? raw.multiply(engine, losses, factors) : losses, [0])
  const rows = factors && engine.reshape(factors, [labels.length, 1])
  const saved = rows ? [softmaxMinusTarget, rows] : [softmaxMinusTarget]
  return tape.record(loss, [logits], saved, (dLoss) => {
    const factor = raw.scale(engine, dLoss, 1 / labels.length)
    const dLogits = raw.multiply(engine, softmaxMinusTarget, factor)
    return [rows ? raw.multiply(engine, dLogits, rows) : dLogits]
  })
}

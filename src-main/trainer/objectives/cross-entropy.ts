import { attribute } from '../engine/attributes.ts'
import { raw } from '../engine/raw.ts'
import type { Tape } from '../engine/tape.ts'
import { DType, type Tensor } from '../engine/tensor.ts'

/**
 * Softmax cross-entropy, the mean over the batch: -log(softmax(logits)[label]).
 * @param logits [B, K]
 * @param labels class of each row, [B]
 * @returns scalar
 */
export function crossEntropy(tape: Tape, logits: Tensor, labels: ArrayLike<number>): Tensor {
  const { engine } = tape
  const [losses, softmaxMinusTarget] = engine.ops(
    'SparseSoftmaxCrossEntropyWithLogits',
    [logits, engine.passingInts(Array.from(labels))],
    [attribute.type('T', logits.dtype), attribute.type('Tlabels', DType.int32)],
    2,
  ) // [B], [B, K]
  const loss = raw.mean(engine, losses, [0])
  return tape.record(loss, [logits], [softmaxMinusTarget], (dLoss) => {
    const factor = raw.scale(engine, dLoss, 1 / labels.length)
    return [raw.multiply(engine, softmaxMinusTarget, factor)]
  })
}

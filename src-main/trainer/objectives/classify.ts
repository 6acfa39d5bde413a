import { raw } from '../engine/raw.ts'
import type { Tape } from '../engine/tape.ts'
import type { Tensor } from '../engine/tensor.ts'
import { crossEntropy } from './cross-entropy.ts'
import { exclude } from './exclude.ts'
import { hitsAmong } from './hits.ts'

/**
 * Softmax cross-entropy with its accuracy.
 * @param logits [N, K]
 * @param labels class of each row, 0 to K - 1, [N]
 * @param weights factor of the loss of each row, [N]. Default 1
 * @returns `loss`, the mean, a scalar; `hits`, 1 where the class scores above every other, else 0, [N].
 * Equal scores of all classes are no hit
 */
export function classify(
  tape: Tape,
  logits: Tensor,
  labels: ArrayLike<number>,
  weights?: ArrayLike<number>,
): { loss: Tensor; hits: Tensor } {
  const { engine } = tape
  const loss = crossEntropy(tape, logits, labels, weights)
  const [N, K] = logits.shape
  const target = new Float32Array(N * K)
  for (let i = 0; i < N; i++) target[i * K + labels[i]] = 1
  const right = engine.tensor(target, [N, K])
  const own = raw.sum(engine, raw.multiply(engine, logits, right), [1]) // [N]
  const { hits } = hitsAmong(
    engine,
    engine.reshape(own, [N, 1]),
    exclude(engine, logits, right), // [N, K]
  )
  return { loss, hits }
}

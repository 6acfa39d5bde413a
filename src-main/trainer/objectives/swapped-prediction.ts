import { attribute } from '../engine/attributes.ts'
import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import type { Tape } from '../engine/tape.ts'
import { DType, type Tensor } from '../engine/tensor.ts'

/**
 * Codes by the Sinkhorn-Knopp algorithm (Cuturi, NeurIPS 2013), as Caron et al. (NeurIPS 2020, section
 * 3.1) use it: exp(scores / epsilon) is scaled so that the prototypes share the clips equally, then so
 * that each clip has one code, again and again. No gradient flows through it.
 * @param scores cosine similarities of clips and prototypes, [B, K]
 * @returns for each clip a distribution over the prototypes, [B, K]
 */
export function sinkhornCodes(
  engine: Engine,
  scores: Tensor,
  { epsilon, rounds }: { epsilon: number; rounds: number },
): Tensor {
  const highest = raw.max(engine, scores, [0, 1])
  const shifted = raw.scale(engine, raw.subtract(engine, scores, highest), 1 / epsilon)
  let codes = engine.op('Exp', [shifted], [attribute.type('T', shifted.dtype)]) // [B, K]
  for (let round = 0; round < rounds; round++) {
    codes = share(engine, codes, 0)
    codes = share(engine, codes, 1)
  }
  return codes
}

/** x divided by its sums along an axis. A sum of 0, where all has underflowed, stays 0. */
function share(engine: Engine, x: Tensor, axis: 0 | 1): Tensor {
  const sums = raw.maximum(engine, raw.sum(engine, x, [axis], true), engine.scalar(1e-30))
  return raw.divide(engine, x, sums)
}

/**
 * Cross-entropy of a clip's prediction and the code of another clip of its video (Caron et al.,
 * NeurIPS 2020, equation 2): -mean_i sum_k code_ik log softmax(scores_i / T)_k.
 * @param scores [B, K] @param codes [B, K], rows that sum to 1; no gradient flows into them
 */
export function swappedPrediction(
  tape: Tape,
  scores: Tensor,
  codes: Tensor,
  temperature: number,
): Tensor {
  const { engine } = tape
  const [batch] = scores.shape
  const logits = raw.divide(engine, scores, engine.scalar(temperature))
  const [losses, softmaxMinusCode] = engine.ops(
    'SoftmaxCrossEntropyWithLogits',
    [logits, codes],
    [attribute.type('T', logits.dtype)],
    2,
  ) // [B], [B, K]
  return tape.record(raw.mean(engine, losses, [0]), [scores], [softmaxMinusCode], (dLoss) => {
    const factor = raw.scale(engine, dLoss, 1 / (batch * temperature))
    return [raw.multiply(engine, softmaxMinusCode, factor)]
  })
}

/**
 * How evenly clips choose among prototypes: the entropy of the shares of clips whose nearest prototype
 * each is, divided by the largest that so many clips and prototypes allow. 1: as evenly as can be; 0: all
 * clips have one prototype.
 * @param scores [B, K], B and K at least 2
 */
export function assignmentEntropy(engine: Engine, scores: Tensor): Tensor {
  const [clips, prototypes] = scores.shape
  const nearest = engine.op(
    'ArgMax',
    [scores, engine.ints([1], [])],
    [
      attribute.type('T', scores.dtype),
      attribute.type('Tidx', DType.int32),
      attribute.type('output_type', DType.int32),
    ],
  ) // [B]
  const chosen = engine.op(
    'OneHot',
    [nearest, engine.ints([prototypes], []), engine.scalar(1), engine.scalar(0)],
    [
      attribute.type('T', engine.master),
      attribute.type('TI', DType.int32),
      attribute.int('axis', -1),
    ],
  ) // [B, K]
  const shares = raw.mean(engine, chosen, [0]) // [K]
  const safe = raw.maximum(engine, shares, engine.scalar(1e-30))
  const logs = engine.op('Log', [safe], [attribute.type('T', safe.dtype)])
  const entropy = raw.sum(engine, raw.multiply(engine, shares, logs), [0]) // -H
  return raw.scale(engine, entropy, -1 / Math.log(Math.min(clips, prototypes)))
}

import { attribute } from '../engine/attributes.ts'
import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import type { Tape } from '../engine/tape.ts'
import { DType, type Tensor } from '../engine/tensor.ts'
import { hitsAmong } from './hits.ts'

/** Subtracted from similarities that are none of the negatives. */
const FAR = 1e9

export interface NtXent {
  /** Mean over all 2N clips, scalar. */
  loss: Tensor
  /** 1 where the positive is more similar than every negative, else 0, [2N]. */
  hits: Tensor
  /** 1 where at most four negatives are as similar as the positive, else 0, [2N]. */
  hits5: Tensor
  /** Mean similarity of the two clips of a video, scalar. */
  positive: Tensor
  /** Mean similarity of clips of different videos, scalar. */
  negative: Tensor
}

/**
 * The normalised, temperature-scaled cross-entropy (NT-Xent) of Chen et al. (ICML 2020, equation 1),
 * the mean over 2N clips: each is to be told from the 2N - 2 clips of other videos by its partner.
 * @param z embeddings at unit length, [2N, D]: the first clips of N videos, then the second ones
 */
export function ntXent(tape: Tape, z: Tensor, temperature: number): NtXent {
  const { engine } = tape
  const [clips] = z.shape // 2N
  const partners = Array.from({ length: clips }, (_, i) => (i + clips / 2) % clips)
  const similarity = raw.matmul(engine, z, z, { b: true }) // [2N, 2N]
  const self = oneHot(engine, Array.from(partners.keys()))
  const partner = oneHot(engine, partners)
  const apart = raw.subtract(engine, similarity, raw.scale(engine, self, FAR))
  const logits = raw.divide(engine, apart, engine.scalar(temperature))
  const [losses, softmaxMinusTarget] = engine.ops(
    'SparseSoftmaxCrossEntropyWithLogits',
    [logits, engine.passingInts(partners)],
    [attribute.type('T', logits.dtype), attribute.type('Tlabels', DType.int32)],
    2,
  ) // [2N], [2N, 2N]
  const loss = raw.mean(engine, losses, [0])
  tape.record(loss, [z], [z, softmaxMinusTarget], (dLoss) => {
    const factor = raw.scale(engine, dLoss, 1 / (clips * temperature))
    const dSimilarity = raw.multiply(engine, softmaxMinusTarget, factor)
    // Each embedding is compared as a row and as a column.
    const asRow = raw.matmul(engine, dSimilarity, z)
    return [raw.add(engine, asRow, raw.matmul(engine, dSimilarity, z, { a: true }))] // [2N, D]
  })
  return { loss, ...compare(engine, similarity, self, partner) }
}

/** How similar clips are to their partners and to clips of other videos. */
function compare(
  engine: Engine,
  similarity: Tensor,
  self: Tensor,
  partner: Tensor,
): Omit<NtXent, 'loss'> {
  const [clips] = similarity.shape // 2N
  const none = raw.add(engine, self, partner)
  const other = raw.subtract(engine, engine.scalar(1), none)
  const positives = raw.sum(engine, raw.multiply(engine, similarity, partner), [1], true) // [2N, 1]
  const negatives = raw.subtract(engine, similarity, raw.scale(engine, none, FAR)) // [2N, 2N]
  const ofOthers = raw.sum(engine, raw.multiply(engine, similarity, other), [0, 1])
  return {
    ...hitsAmong(engine, positives, negatives),
    positive: raw.mean(engine, positives, [0, 1]),
    negative: raw.scale(engine, ofOthers, 1 / (clips * (clips - 2))),
  }
}

/** 1 in the column that a row names, else 0: [2N, 2N] */
function oneHot(engine: Engine, columns: readonly number[]): Tensor {
  const depth = engine.reshape(engine.passingInts([columns.length]), [])
  return engine.op(
    'OneHot',
    [engine.passingInts(columns), depth, engine.scalar(1), engine.scalar(0)],
    [
      attribute.int('axis', -1),
      attribute.type('T', DType.float32),
      attribute.type('TI', DType.int32),
    ],
  )
}

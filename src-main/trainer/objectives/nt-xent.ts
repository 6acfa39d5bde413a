import { attribute } from '../engine/attributes.ts'
import type { Engine } from '../engine/engine.ts'
import { meanOfScalars } from '../engine/ops/elementwise.ts'
import { raw } from '../engine/raw.ts'
import type { Tape } from '../engine/tape.ts'
import { DType, type Tensor } from '../engine/tensor.ts'
import { exclude } from './exclude.ts'
import { hitsAmong } from './hits.ts'

export interface NtXent {
  /** Mean over all clips and their positives, scalar. */
  loss: Tensor
  /** 1 where the next clip of the video is more similar than every negative, else 0, [VN]. */
  hits: Tensor
  /** 1 where at most four negatives are as similar as that clip, else 0, [VN]. */
  hits5: Tensor
  /** Mean similarity of a clip and the next clip of its video, scalar. */
  positive: Tensor
  /** Mean similarity of clips of different videos, scalar. */
  negative: Tensor
}

/** What the losses of all pairs of clips share. */
interface Compared {
  z: Tensor // [VN, D]
  similarity: Tensor // [VN, VN]
  /** 1 for the clips of a clip's own video, itself included, else 0. */
  own: Tensor // [VN, VN]
}

/**
 * The normalised, temperature-scaled cross-entropy (NT-Xent) of Chen et al. (ICML 2020, equation 1),
 * the mean over the clips: each is to be told from the clips of other videos by each other clip of its
 * own video, of which the remaining ones are no negatives (Feichtenhofer et al., CVPR 2021).
 * @param z embeddings at unit length, [VN, D]: the first clips of N videos, then the second ones, ...
 * @param views V, clips of a video
 */
export function ntXent(tape: Tape, z: Tensor, temperature: number, views = 2): NtXent {
  const { engine } = tape
  const [clips] = z.shape // VN
  const partnersAt = (shift: number): number[] =>
    Array.from({ length: clips }, (_, i) => (i + (shift * clips) / views) % clips)
  const shifts = Array.from({ length: views }, (_, shift) => partnersAt(shift))
  const partners = shifts.map((columns) => oneHot(engine, columns)) // [VN, VN] each
  const own = partners.reduce((sum, partner) => raw.add(engine, sum, partner))
  const compared = { z, similarity: raw.matmul(engine, z, z, { b: true }), own }
  const losses = partners
    .slice(1)
    .map((partner, i) => lossOfPairs(tape, compared, partner, { at: shifts[i + 1], temperature }))
  return { loss: meanOfScalars(tape, losses), ...compare(engine, compared, partners[1], views) }
}

/** Each clip against one partner: the mean over the clips, scalar. @param at column of each partner */
function lossOfPairs(
  tape: Tape,
  { z, similarity, own }: Compared,
  partner: Tensor,
  { at, temperature }: { at: readonly number[]; temperature: number },
): Tensor {
  const { engine } = tape
  const passedOver = raw.subtract(engine, own, partner)
  const apart = exclude(engine, similarity, passedOver)
  const logits = raw.divide(engine, apart, engine.scalar(temperature))
  const [losses, softmaxMinusTarget] = engine.ops(
    'SparseSoftmaxCrossEntropyWithLogits',
    [logits, engine.passingInts(at)],
    [attribute.type('T', logits.dtype), attribute.type('Tlabels', DType.int32)],
    2,
  ) // [VN], [VN, VN]
  return tape.record(raw.mean(engine, losses, [0]), [z], [z, softmaxMinusTarget], (dLoss) => {
    const factor = raw.scale(engine, dLoss, 1 / (at.length * temperature))
    const dSimilarity = raw.multiply(engine, softmaxMinusTarget, factor)
    // Each embedding is compared as a row and as a column.
    const asRow = raw.matmul(engine, dSimilarity, z)
    return [raw.add(engine, asRow, raw.matmul(engine, dSimilarity, z, { a: true }))] // [VN, D]
  })
}

/** How similar clips are to their partners and to clips of other videos. */
function compare(
  engine: Engine,
  { similarity, own }: Compared,
  partner: Tensor,
  views: number,
): Omit<NtXent, 'loss'> {
  const [clips] = similarity.shape // VN
  const other = raw.subtract(engine, engine.scalar(1), own)
  const positives = raw.sum(engine, raw.multiply(engine, similarity, partner), [1], true) // [VN, 1]
  const negatives = exclude(engine, similarity, own) // [VN, VN]
  const ofOthers = raw.sum(engine, raw.multiply(engine, similarity, other), [0, 1])
  return {
    ...hitsAmong(engine, positives, negatives),
    positive: raw.mean(engine, positives, [0, 1]),
    negative: raw.scale(engine, ofOthers, 1 / (clips * (clips - views))),
  }
}

/** 1 in the column that a row names, else 0: [VN, VN] */
function oneHot(engine: Engine, columns: readonly number[]): Tensor {
  const depth = engine.reshape(engine.passingInts([columns.length]), [])
  return engine.op(
    'OneHot',
    [engine.passingInts(columns), depth, engine.scalar(1), engine.scalar(0)],
    [
      attribute.int('axis', -1),
      attribute.type('T', engine.master),
      attribute.type('TI', DType.int32),
    ],
  )
}

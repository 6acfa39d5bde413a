import type { Rng } from '#shared/random/rng.ts'

export interface Mining {
  /** Similarity of the oracle's keys of the batch to its queue, row by row, [B, K]. */
  similarity: Float32Array
  /** Source videos of the batch, [B]. */
  sources: ArrayLike<number>
  /** Source videos of the queue's entries, [K]. */
  queueSources: ArrayLike<number>
  /** Nearest neighbours that the oracle names, at most K. */
  topK: number
}

/**
 * The positives of CoCLR (Han et al., NeurIPS 2020): the own key, every entry of the queue from the
 * same source, and of the others the top k that the oracle, the network of the other stream, finds
 * most similar. Of equal similarities the first entry counts.
 * @returns 1 for a positive, else 0, row by row: the own key, then the queue, [B, 1 + K]
 */
export function minePositives({ similarity, sources, queueSources, topK }: Mining): Float32Array {
  const [B, K] = [sources.length, queueSources.length]
  const positives = new Float32Array(B * (1 + K))
  for (let b = 0; b < B; b++) {
    const row = positives.subarray(b * (1 + K), (b + 1) * (1 + K))
    row[0] = 1
    const others: number[] = []
    for (let j = 0; j < K; j++) {
      if (queueSources[j] === sources[b]) row[1 + j] = 1
      else others.push(j)
    }
    const at = (j: number): number => similarity[b * K + j]
    others.sort((i, j) => at(j) - at(i) || i - j)
    for (const j of others.slice(0, topK)) row[1 + j] = 1
  }
  return positives
}

/**
 * Drops the own key where there are other positives, with a probability for each row, in place. The
 * authors added this in 2021: without it their schedule does not reach the paper's figures.
 * @param positives [B, 1 + K] as `minePositives` gives them
 */
export function dropOwnKeys(
  positives: Float32Array,
  rows: number,
  probability: number,
  rng: Rng,
): void {
  const width = positives.length / rows
  for (let b = 0; b < rows; b++) {
    const row = positives.subarray(b * width, (b + 1) * width)
    const isDropped = rng.chance(probability)
    if (isDropped && row.indexOf(1, 1) >= 0) row[0] = 0
  }
}

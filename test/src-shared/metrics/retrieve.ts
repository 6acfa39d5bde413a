import {
  COMPARED_AT_ONCE,
  NeighbourIndex,
  nearestRows,
  rankOfOwnClass,
  type LabelledFeatures,
} from '#shared/metrics/retrieval.ts'

/** Retrieval of a whole split: recall at each k, and the nearest training row of each test row. */
export function retrieve(
  train: LabelledFeatures,
  test: LabelledFeatures,
  size: number,
  ks: readonly number[],
): { recall: number[]; nearest: number[] } {
  const index = new NeighbourIndex(train, size, { centred: true })
  const ranks: number[] = []
  const nearest: number[] = []
  for (let from = 0; from < test.labels.length; from += COMPARED_AT_ONCE) {
    const rows = test.features.subarray(from * size, (from + COMPARED_AT_ONCE) * size)
    for (const similarities of index.compare(rows)) {
      ranks.push(rankOfOwnClass(similarities, train.labels, test.labels[ranks.length]))
      nearest.push(nearestRows(similarities, 1)[0])
    }
  }
  return { recall: ks.map((k) => ranks.filter((rank) => rank < k).length / ranks.length), nearest }
}

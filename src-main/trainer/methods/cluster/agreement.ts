/**
 * Normalised mutual information of two assignments of the same things: 1 where one follows from the
 * other and back, about 0 where they are independent. Normalised by the arithmetic mean of both
 * entropies. Two assignments that each have one class agree: 1.
 * @param a class of each thing @param b as long
 * @returns within [0, 1]
 */
export function normalisedMutualInformation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length
  const both = new Map<string, number>()
  const [ofA, ofB] = [new Map<number, number>(), new Map<number, number>()]
  for (let i = 0; i < n; i++) {
    count(both, `${a[i]} ${b[i]}`)
    count(ofA, a[i])
    count(ofB, b[i])
  }
  const [entropyA, entropyB] = [entropy(ofA, n), entropy(ofB, n)]
  if (entropyA + entropyB === 0) return 1
  const information = Math.max(0, entropyA + entropyB - entropy(both, n))
  return Math.min(1, (2 * information) / (entropyA + entropyB))
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** In nats. */
function entropy(counts: ReadonlyMap<unknown, number>, n: number): number {
  return [...counts.values()].reduce((sum, m) => sum - (m / n) * Math.log(m / n), 0)
}

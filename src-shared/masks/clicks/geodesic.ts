/** Buckets of the queue for one unit of distance. */
const BUCKETS = 64

/** What the steps of a way cost, above 0; [H, W] each. */
export interface Steps {
  /** From a pixel to the one at its right, or back; the last of a row does not count. */
  right: Float32Array
  /** To the one below, or back. */
  below: Float32Array
}

/**
 * The cost of the cheapest way to each pixel over pixels that touch by their sides: Dijkstra's
 * algorithm with a queue of buckets.
 * @param from places at distance 0; without any, all is Infinity
 * @returns [H, W]
 */
export function geodesicDistance(
  from: readonly number[],
  { width, height }: { width: number; height: number },
  { right, below }: Steps,
): Float32Array {
  const distance = new Float32Array(width * height).fill(Infinity)
  const buckets: number[][] = [[...from]]
  for (const p of from) distance[p] = 0
  const reach = (q: number, sum: number): void => {
    const next = Math.fround(sum)
    if (next >= distance[q]) return
    distance[q] = next
    ;(buckets[Math.floor(next * BUCKETS)] ??= []).push(q)
  }
  for (let at = 0; at < buckets.length; at++) {
    // It grows while it is emptied: short steps lead into the same bucket.
    const bucket = buckets[at] ?? []
    for (let i = 0; i < bucket.length; i++) {
      const p = bucket[i]
      const own = distance[p]
      // It was reached more cheaply since.
      if (Math.floor(own * BUCKETS) !== at) continue
      const x = p % width
      if (x > 0) reach(p - 1, own + right[p - 1])
      if (x + 1 < width) reach(p + 1, own + right[p])
      if (p >= width) reach(p - width, own + below[p - width])
      if (p + width < distance.length) reach(p + width, own + below[p])
    }
  }
  return distance
}

import { permutationsOf } from '#shared/methods/permutations.ts'
import type { PieceGrid } from '#shared/methods/pieces.ts'
import { Rng } from '#shared/random/rng.ts'

/** An order of pieces: the k-th place has the piece order[k]. */
export type Order = readonly number[]

/** Of each order and its reverse, the one that comes first. @param pieces at least 2 */
export function ordersWithoutReverse(pieces: number): Order[] {
  return permutationsOf(pieces).filter((order) => order[0] < order[pieces - 1])
}

/** In how many places two orders differ: their Hamming distance. */
export function differences(a: Order, b: Order): number {
  return a.reduce((sum, piece, k) => sum + (piece === b[k] ? 0 : 1), 0)
}

/**
 * Chooses orders that differ much from each other, after Noroozi and Favaro (ECCV 2016): the first at
 * random, then always the one whose smallest distance to those chosen is largest, and of equals the one
 * with the largest sum of distances.
 *
 * The orders of 12 or 27 pieces are too many to be compared. As candidates serve random ones that keep
 * the pieces of a part of time together: parts are in any order, and so are the pieces of each.
 * @param count at most half as many as there are such orders
 */
export function distantOrders(grid: PieceGrid, count: number, seed: number): Order[] {
  const rng = new Rng(seed)
  const candidates = candidatesOf(grid, 10 * count + 1000, rng)
  const nearest = candidates.map(() => Infinity)
  const sums = candidates.map(() => 0)
  const chosen: Order[] = []
  for (let next = 0; chosen.length < count;) {
    chosen.push(candidates[next])
    const latest = candidates[next]
    candidates.forEach((order, i) => {
      const distance = differences(order, latest)
      nearest[i] = Math.min(nearest[i], distance)
      sums[i] += distance
    })
    next = 0
    for (let i = 1; i < candidates.length; i++) {
      const isFarther =
        nearest[i] > nearest[next] || (nearest[i] === nearest[next] && sums[i] > sums[next])
      if (isFarther) next = i
    }
  }
  return chosen
}

/** Different random orders that keep the pieces of a part of time together. */
function candidatesOf({ times, rows, columns }: PieceGrid, count: number, rng: Rng): Order[] {
  const cells = rows * columns
  const drawn = Array.from({ length: count }, () =>
    [...rng.permutation(times)].flatMap((time) =>
      [...rng.permutation(cells)].map((cell) => time * cells + cell),
    ),
  )
  return [...new Map(drawn.map((order) => [order.join(), order])).values()]
}

import type { Rng } from '#shared/random/rng.ts'
import type { Points } from './points.ts'

/**
 * What becomes of a cluster without points. farthest: it takes the point that is farthest from its
 * centroid, as in scikit-learn. split: it takes half of another cluster, drawn by size, as in Faiss.
 */
export type EmptyRule = 'farthest' | 'split'

interface Assigned {
  points: Points
  clusters: number
  labels: Int32Array
  sizes: Int32Array
  /** Squared, to the nearest centroid, [N]. */
  distances: Float64Array
  rng: Rng
}

/** Centroids of clusters after an assignment, [k, D]: means of their points, and a place for empty ones. */
export function refillEmpty(rule: EmptyRule, assigned: Assigned): Float32Array {
  const { points, clusters, labels } = assigned
  const { data, count, size } = points
  const sums = new Float64Array(clusters * size)
  for (let i = 0; i < count; i++) {
    for (let d = 0; d < size; d++) sums[labels[i] * size + d] += data[i * size + d]
  }
  const sizes = Float64Array.from(assigned.sizes)
  if (rule === 'farthest') takeFarthest(sums, sizes, assigned)
  const centroids = new Float32Array(sums.length)
  for (let i = 0; i < sums.length; i++) {
    centroids[i] = sums[i] / (sizes[Math.floor(i / size)] || 1)
  }
  if (rule === 'split') splitOthers(centroids, sizes, assigned)
  return centroids
}

/** Gives the points farthest from their centroids to the empty clusters, the farthest first. */
function takeFarthest(
  sums: Float64Array,
  sizes: Float64Array,
  { points: { data, size }, labels, distances }: Assigned,
): void {
  const empty = emptyOf(sizes)
  if (empty.length === 0) return
  const order = Array.from(distances.keys()).sort((a, b) => distances[b] - distances[a])
  order.slice(0, empty.length).forEach((point, i) => {
    for (let d = 0; d < size; d++) {
      const value = data[point * size + d]
      sums[labels[point] * size + d] -= value
      sums[empty[i] * size + d] = value
    }
    sizes[labels[point]]--
    sizes[empty[i]] = 1
  })
}

/** How far the two halves of a cluster begin from each other, as a share of their numbers. */
const SHIFT = 1 / 1024

/** Puts each empty cluster beside one that has points, moved a little apart from it. */
function splitOthers(
  centroids: Float32Array,
  sizes: Float64Array,
  { points: { size, count }, clusters, rng }: Assigned,
): void {
  for (const cluster of emptyOf(sizes)) {
    const other = drawLarge(sizes, count, clusters, rng)
    if (other < 0) return
    for (let d = 0; d < size; d++) {
      const value = centroids[other * size + d]
      const sign = d % 2 === 0 ? 1 : -1
      centroids[cluster * size + d] = value * (1 + sign * SHIFT)
      centroids[other * size + d] = value * (1 - sign * SHIFT)
    }
    sizes[cluster] = sizes[other] / 2
    sizes[other] -= sizes[cluster]
  }
}

/** A cluster, drawn in proportion to its points beyond the first; -1 where none has more than one. */
function drawLarge(sizes: Float64Array, count: number, clusters: number, rng: Rng): number {
  if (!sizes.some((size) => size > 1)) return -1
  for (let cluster = 0; ; cluster = (cluster + 1) % clusters) {
    if (rng.chance(Math.max(0, sizes[cluster] - 1) / Math.max(1, count - clusters))) return cluster
  }
}

function emptyOf(sizes: Float64Array): number[] {
  return [...sizes.keys()].filter((cluster) => sizes[cluster] === 0)
}

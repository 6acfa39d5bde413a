import { Rng } from '#shared/random/rng.ts'
import { squaredLengths, type Points } from './points.ts'
import { refillEmpty, type EmptyRule } from './refill-empty.ts'

export interface KMeansOptions {
  /** k */
  clusters: number
  /** Rounds of Lloyd's algorithm at most; it ends before where no assignment changes. */
  rounds: number
  /** Draws the first centroids, and what the rule for empty clusters draws. */
  seed: number
  emptyRule: EmptyRule
  /** First centroids, [k, D]. Default: drawn by k-means++. */
  start?: Float32Array
}

/** Which cluster each point belongs to. */
export interface Clustering {
  /** [k, D] */
  centroids: Float32Array
  /** The nearest centroid of each point, [N]. */
  labels: Int32Array
  /** Points of each cluster, [k]. */
  sizes: Int32Array
  /** Sum of the squared distances to the nearest centroids. */
  inertia: number
  /** Rounds that were made. */
  rounds: number
}

/** Makes dot products with centroids [k, D], which are taken in once for many points. */
export type Products = (centroids: Float32Array) => {
  /** Dot products of points [n, D] with the centroids, row by row: [n, k]. */
  of(points: Float32Array): Float32Array
  /** Frees the centroids. */
  release(): void
}

/** Numbers that a piece takes, n D, and gives, n k, at most: it takes some milliseconds and 2 MB each. */
const PIECE = 2 ** 19

/**
 * k-means by Lloyd's algorithm (Lloyd, 1982), from centroids that k-means++ draws (Arthur and
 * Vassilvitskii, 2007). It yields after every piece of work, so that whoever runs it can do other things
 * or stop. The result follows from points, options and the rounding of `products` alone.
 */
export function* kMeans(
  points: Points,
  options: KMeansOptions,
  products: Products,
): Generator<void, Clustering> {
  const { clusters, rounds, emptyRule } = options
  const rng = new Rng(options.seed)
  const assigner = new Assigner(points, clusters, products)
  let centroids = options.start ?? (yield* drawCentroids(points, clusters, rng, products))
  let found = yield* assigner.assign(centroids)
  let round = 0
  while (round < rounds) {
    centroids = refillEmpty(emptyRule, { points, ...found, clusters, rng })
    const next = yield* assigner.assign(centroids)
    round++
    const isSettled = next.labels.every((label, i) => label === found.labels[i])
    found = next
    if (isSettled) break
  }
  const inertia = found.distances.reduce((sum, distance) => sum + distance, 0)
  return { centroids, labels: found.labels, sizes: found.sizes, inertia, rounds: round }
}

/** Where each point belongs. */
interface Assignment {
  labels: Int32Array
  sizes: Int32Array
  /** Squared, to the nearest centroid, [N]. */
  distances: Float64Array
}

/** Finds the nearest centroid of every point, piece by piece; the first of those that are as near. */
class Assigner {
  private readonly points: Points
  private readonly clusters: number
  private readonly products: Products
  private readonly lengths: Float64Array

  constructor(points: Points, clusters: number, products: Products) {
    this.points = points
    this.clusters = clusters
    this.products = products
    this.lengths = squaredLengths(points)
  }

  *assign(centroids: Float32Array): Generator<void, Assignment> {
    const { points, clusters: k, products, lengths } = this
    const { count, size } = points
    const own = squaredLengths({ data: centroids, count: k, size })
    const labels = new Int32Array(count)
    const distances = new Float64Array(count)
    const sizes = new Int32Array(k)
    for (const { from, to, dots } of productsOf(points, centroids, products)) {
      for (let i = from; i < to; i++) {
        const row = (i - from) * k
        let nearest = 0
        let least = Infinity
        for (let c = 0; c < k; c++) {
          const distance = own[c] - 2 * dots[row + c]
          if (distance < least) [nearest, least] = [c, distance]
        }
        labels[i] = nearest
        distances[i] = Math.max(0, lengths[i] + least)
        sizes[nearest]++
      }
      yield
    }
    return { labels, sizes, distances }
  }
}

/** Each next centroid is a point, drawn in proportion to its squared distance to those drawn before. */
function* drawCentroids(
  points: Points,
  k: number,
  rng: Rng,
  products: Products,
): Generator<void, Float32Array> {
  const { data, count, size } = points
  const centroids = new Float32Array(k * size)
  const lengths = squaredLengths(points)
  const distances = new Float64Array(count).fill(Infinity)
  let chosen = rng.int(count)
  for (let c = 0; c < k; c++) {
    const centroid = data.subarray(chosen * size, (chosen + 1) * size)
    centroids.set(centroid, c * size)
    for (const { from, to, dots } of productsOf(points, centroid, products)) {
      for (let i = from; i < to; i++) {
        const distance = lengths[i] + lengths[chosen] - 2 * dots[i - from]
        distances[i] = Math.max(0, Math.min(distances[i], distance))
      }
      yield
    }
    chosen = drawInProportion(distances, rng)
  }
  return centroids
}

/** Dot products of all points with centroids [k, D], piece by piece: [to - from, k]. */
function* productsOf(
  { data, count, size }: Points,
  centroids: Float32Array,
  products: Products,
): Generator<{ from: number; to: number; dots: Float32Array }, void> {
  const k = centroids.length / size
  const step = Math.max(1, Math.floor(PIECE / Math.max(k, size)))
  const held = products(centroids)
  try {
    for (let from = 0; from < count; from += step) {
      const to = Math.min(count, from + step)
      yield { from, to, dots: held.of(data.subarray(from * size, to * size)) }
    }
  } finally {
    held.release()
  }
}

/** A place, drawn in proportion to the weights; any place where all are 0. */
function drawInProportion(weights: Float64Array, rng: Rng): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (total === 0) return rng.int(weights.length)
  let left = rng.uniform() * total
  for (let i = 0; i < weights.length; i++) {
    left -= weights[i]
    if (left < 0) return i
  }
  return weights.length - 1
}

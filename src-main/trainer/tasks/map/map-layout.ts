import { UMAP } from 'umap-js'
import { Rng } from '#shared/random/rng.ts'
import type { NearestRows } from './nearest-rows.ts'

export interface MapLayout {
  neighbours: NearestRows
  /** UMAP's least distance of points that belong together. */
  minDistance: number
  seed: number
}

/**
 * Lays points out in a plane by UMAP (McInnes et al., 2018), from their nearest neighbours; the same
 * for the same seed.
 * @param onEpoch told after each pass of how many
 * @returns [N, 2], centred, the farther axis from -1 to 1
 */
export function layOutMap(
  { neighbours, minDistance, seed }: MapLayout,
  onEpoch: (done: number, total: number) => void,
): Float32Array {
  const { indices, distances, k } = neighbours
  const count = indices.length / k
  const rowsOf = (values: Int32Array | Float32Array): number[][] =>
    Array.from({ length: count }, (_, i) => Array.from(values.subarray(i * k, (i + 1) * k)))
  const rng = new Rng(seed)
  const umap = new UMAP({ nNeighbors: k, minDist: minDistance, random: () => rng.uniform() })
  umap.setPrecomputedKNN(rowsOf(indices), rowsOf(distances))
  // With neighbours at hand it only counts the points.
  const epochs = umap.initializeFit(Array.from({ length: count }, () => [0]))
  for (let epoch = 0; epoch < epochs; epoch++) {
    umap.step()
    onEpoch(epoch + 1, epochs)
  }
  return framed(umap.getEmbedding())
}

function framed(points: number[][]): Float32Array {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  const [left, top] = [least(xs), least(ys)]
  const [width, height] = [-least(xs.map((x) => -x)) - left, -least(ys.map((y) => -y)) - top]
  const scale = 2 / (Math.max(width, height) || 1)
  return Float32Array.from(
    points.flatMap(([x, y]) => [(x - left - width / 2) * scale, (y - top - height / 2) * scale]),
  )
}

function least(values: readonly number[]): number {
  return values.reduce((low, value) => Math.min(low, value), Infinity)
}

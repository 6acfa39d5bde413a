/**
 * How many values of a soft mask lie in each of `bins` equal parts of [0, 1].
 * @param soft [H, W], [0, 1]
 */
export function softHistogram(soft: Float32Array, bins: number): Uint32Array {
  const counts = new Uint32Array(bins)
  for (let i = 0; i < soft.length; i++) counts[Math.min(bins - 1, Math.trunc(soft[i] * bins))]++
  return counts
}

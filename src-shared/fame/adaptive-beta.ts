/** Bins of the soft mask's histogram. */
const BINS = 256

/** The least and the greatest beta that is chosen. */
export const ADAPTIVE_BETA_RANGE = [0.05, 0.6] as const

/**
 * Chooses beta for one clip from its soft mask alone: the part of the frame above Otsu's threshold,
 * which parts the values into the two classes that lie furthest apart (Otsu, 1979).
 * @param soft [H, W], [0, 1]
 * @returns beta within `ADAPTIVE_BETA_RANGE`
 */
export function chooseBeta(soft: Float32Array): number {
  const counts = new Uint32Array(BINS)
  for (let i = 0; i < soft.length; i++) counts[Math.min(BINS - 1, Math.trunc(soft[i] * BINS))]++
  const part = partAbove(counts, otsuThreshold(counts))
  return Math.min(ADAPTIVE_BETA_RANGE[1], Math.max(ADAPTIVE_BETA_RANGE[0], part))
}

/** The last bin of the lower class, so that the variance between the two classes is greatest. */
function otsuThreshold(counts: Uint32Array): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const sum = counts.reduce((rest, count, bin) => rest + count * bin, 0)
  let best = 0
  let largest = 0
  let below = 0
  let sumBelow = 0
  counts.forEach((count, bin) => {
    below += count
    sumBelow += count * bin
    const above = total - below
    if (below === 0 || above === 0) return
    const apart = sumBelow / below - (sum - sumBelow) / above
    const variance = below * above * apart * apart
    if (variance <= largest) return
    largest = variance
    best = bin
  })
  return best
}

function partAbove(counts: Uint32Array, bin: number): number {
  const above = counts.subarray(bin + 1).reduce((sum, count) => sum + count, 0)
  return above / counts.reduce((sum, count) => sum + count, 0)
}

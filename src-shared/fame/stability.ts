import { softHistogram } from './soft-histogram.ts'

/** How far the threshold is moved to either side, in parts of the soft mask's range. */
export const STABILITY_MARGIN = 0.05

const BINS = 4096

/**
 * How little the mask depends on where exactly it is cut, for each beta: the IoU of {soft > tau + e}
 * and {soft > tau - e}, where tau lies half-way
 * between the soft values at beta's rank and the next, and e `STABILITY_MARGIN`. 1 is a
 * mask with steep borders all around, near 0 one whose border lies on a plateau. The idea is that of
 * maximally stable extremal regions (Matas et al., 2002). The IoU of two neighbouring betas says
 * nothing: their masks are nested, so it is the ratio of the betas for every clip.
 * @param soft [H, W], [0, 1]; values are told apart to 1/4096
 * @param betas each in [0, 1]
 * @returns one value in [0, 1] for each beta; 1 for an empty mask
 */
export function stabilityCurve(soft: Float32Array, betas: readonly number[]): number[] {
  const above = countAbove(soft)
  const margin = Math.round(STABILITY_MARGIN * BINS)
  return betas.map((beta) => {
    const rank = Math.trunc(beta * soft.length)
    const cut = (cutBin(above, rank) + cutBin(above, rank + 1) + 1) >> 1
    const outer = above[Math.max(0, cut - margin)]
    return outer === 0 ? 1 : above[Math.min(BINS, cut + margin)] / outer
  })
}

/** How many values lie in a bin or above it: [BINS + 1], the last 0. */
function countAbove(soft: Float32Array): Uint32Array {
  const above = new Uint32Array(BINS + 1)
  above.set(softHistogram(soft, BINS))
  for (let bin = BINS - 1; bin >= 0; bin--) above[bin] += above[bin + 1]
  return above
}

/** The highest bin with at least `rank` values in or above it, by halving. */
function cutBin(above: Uint32Array, rank: number): number {
  let low = 0
  let high = BINS
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (above[middle] >= rank) low = middle
    else high = middle
  }
  return low
}

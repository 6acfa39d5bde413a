import { RankSelect } from './rank-select.ts'
import { softHistogram } from './soft-histogram.ts'
import { stabilityCurve } from './stability.ts'

/** The least and the greatest beta that is chosen. */
export const ADAPTIVE_BETA_RANGE = [0.05, 0.6] as const

const BINS = 256
const ITERATIONS = 50
/** Betas within this factor of the first guess are compared. */
const REACH = 1.3
/** How many of them, above and below it. */
const STEPS = 10

/**
 * Chooses beta for one clip from its soft mask alone, in two steps. The threshold of least cross
 * entropy between the mask and its two classes (Li and Lee, 1993) says about how much is foreground;
 * of the betas near that share, the one is taken whose mask depends least on where it is cut
 * (`stabilityCurve`).
 * @param soft [H, W], [0, 1]
 * @returns beta within `ADAPTIVE_BETA_RANGE`
 */
export function chooseBeta(soft: Float32Array): number {
  const guess = clamp(partAbove(softHistogram(soft, BINS)))
  const betas = [guess]
  for (let step = 1; step <= STEPS; step++) {
    const factor = REACH ** (step / STEPS)
    betas.push(clamp(guess / factor), clamp(guess * factor))
  }
  const stability = stabilityCurve(soft, betas)
  return betas[stability.indexOf(Math.max(...stability))]
}

/** Ratios from this on have run into the greatest one: nothing parts the soft mask. */
const OPEN = 0.55
/** How much more must move inside the mask than outside, on average. */
const LEAST_CONTRAST = 3

/**
 * Chooses beta for one clip from its colour posterior, unless that does not tell: before a ground of
 * many colours the soft mask of `fame` is wide, and what is cut from it has little to do with what
 * moves. Then the beta that was given stays.
 * @param soft [H, W], [0, 1] @param seed [H, W], [0, 1]: where the clip moves
 * @param given within [0, 1]
 */
export function chooseBetaOr(soft: Float32Array, seed: Float32Array, given: number): number {
  const chosen = chooseBeta(soft)
  if (chosen >= OPEN) return given
  const mask = new Uint8Array(soft.length)
  new RankSelect().largest(soft, Math.trunc(chosen * soft.length), mask)
  return contrastOf(seed, mask) >= LEAST_CONTRAST ? chosen : given
}

/** Mean of a plane inside the mask over its mean outside. */
function contrastOf(plane: Float32Array, mask: Uint8Array): number {
  const sums = [0, 0]
  const sizes = [0, 0]
  for (let i = 0; i < mask.length; i++) {
    sums[mask[i]] += plane[i]
    sizes[mask[i]]++
  }
  return sums[1] / sizes[1] / (sums[0] / sizes[0])
}

function clamp(beta: number): number {
  const [least, greatest] = ADAPTIVE_BETA_RANGE
  return Math.min(greatest, Math.max(least, beta))
}

/** The part of the values above the threshold of least cross entropy. */
function partAbove(counts: Uint32Array): number {
  let threshold = BINS / 2
  for (let i = 0; i < ITERATIONS; i++) {
    const [low, high] = classMeans(counts, threshold)
    // One class is empty: there is nothing to part.
    if (!(low < high)) break
    const next = (high - low) / Math.log(high / low)
    if (Math.abs(next - threshold) < 0.01) break
    threshold = next
  }
  const above = counts.reduce((sum, count, bin) => sum + (bin >= threshold ? count : 0), 0)
  return above / counts.reduce((sum, count) => sum + count, 0)
}

/** Mean bin of the values below the threshold and of the others, from 0.5; NaN where there are none. */
function classMeans(counts: Uint32Array, threshold: number): [low: number, high: number] {
  const sums = [0, 0]
  const sizes = [0, 0]
  counts.forEach((count, bin) => {
    const upper = bin >= threshold ? 1 : 0
    sums[upper] += count * (bin + 0.5)
    sizes[upper] += count
  })
  return [sums[0] / sizes[0], sums[1] / sizes[1]]
}

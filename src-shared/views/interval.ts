/**
 * Distributions of the interval between the clips of a video: the distance in frames between the
 * starts of the earliest and the latest clip. A video has M starts, 0 to M - 1.
 */
import type { Rng } from '../random/rng.ts'

export const INTERVAL_LAWS = [
  'independent',
  'decreasing',
  'uniform',
  'increasing',
  'near',
  'far',
] as const
export type IntervalLaw = (typeof INTERVAL_LAWS)[number]
/** A law from which the interval itself is drawn. */
export type JointLaw = Exclude<IntervalLaw, 'independent'>

/** Part of all distances that `near` and `far` take. */
const QUARTER = 0.25

interface Law {
  /** Probability of an interval of at most x * M. */
  cdf: (x: number, power: number) => number
  /** Its derivative: 1 would be the density of a uniform interval. */
  density: (x: number, power: number) => number
}

/** x is k / M, in [0, 1]. */
const laws: Readonly<Record<IntervalLaw, Law>> = {
  // The distance between two uniform starts.
  independent: { cdf: (x) => x * (2 - x), density: (x) => 2 * (1 - x) },
  // Qian et al., CVPR 2021, section 3.2; the authors' code has this cumulative distribution.
  decreasing: {
    cdf: (x, p) => (x * (p + 1)) / p - x ** (p + 1) / p,
    density: (x, p) => ((p + 1) / p) * (1 - x ** p),
  },
  uniform: { cdf: (x) => x, density: () => 1 },
  increasing: { cdf: (x, p) => x ** (p + 1), density: (x, p) => (p + 1) * x ** p },
  near: {
    cdf: (x) => Math.min(1, x / QUARTER),
    density: (x) => (x <= QUARTER ? 1 / QUARTER : 0),
  },
  far: {
    cdf: (x) => Math.max(0, 1 - (1 - x) / QUARTER),
    density: (x) => (x >= 1 - QUARTER ? 1 / QUARTER : 0),
  },
}

/** Probability of an interval of at most k frames, 0 <= k <= M, M > 0. @param power > 0 */
export function intervalCdf(law: IntervalLaw, k: number, M: number, power: number): number {
  return laws[law].cdf(k / M, power)
}

/** Density at x = k / M in [0, 1]; its integral over [0, 1] is 1. @param power > 0 */
export function intervalDensity(law: IntervalLaw, x: number, power: number): number {
  return laws[law].density(x, power)
}

/**
 * The interval at a quantile, by bisection over whole numbers as the authors of the decreasing law
 * do it: the largest k < M with F(k) <= u.
 * @param u in [0, 1)
 * @param M starts of the video, at least 1
 */
export function intervalAt(law: IntervalLaw, u: number, M: number, power: number): number {
  let [low, high] = [0, M]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (intervalCdf(law, middle, M, power) > u) high = middle
    else low = middle
  }
  return low
}

/**
 * Draws the starts of all clips of a video together. The law gives the interval between the earliest
 * and the latest clip, which lies anywhere that it fits; further clips lie uniformly between these
 * two. Then the clips are put in random order.
 * @param clips at least 2
 * @param M starts of the video, at least 1
 * @returns [clips] starts from 0 to M - 1
 */
export function drawStarts(
  rng: Rng,
  law: JointLaw,
  { clips, M, power }: { clips: number; M: number; power: number },
): number[] {
  const interval = intervalAt(law, rng.uniform(), M, power)
  const first = rng.int(M - interval)
  const starts = Array.from({ length: clips }, (_, i) => {
    if (i < 2) return first + i * interval
    return first + rng.int(interval + 1)
  })
  return Array.from(rng.permutation(clips), (i) => starts[i])
}

/**
 * Intervals between the two clips of a video, as runs draw them.
 * @param M starts of the video, at least 1
 * @returns [count] frames
 */
export function drawIntervals(
  rng: Rng,
  law: IntervalLaw,
  { count, M, power }: { count: number; M: number; power: number },
): number[] {
  return Array.from({ length: count }, () => {
    const [a, b] =
      law === 'independent'
        ? [rng.int(M), rng.int(M)]
        : drawStarts(rng, law, { clips: 2, M, power })
    return Math.abs(a - b)
  })
}

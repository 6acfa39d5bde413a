export interface Spread {
  mean: number
  /** Sample standard deviation (n - 1); null for a single value. */
  deviation: number | null
  count: number
}

/** Mean and sample standard deviation. */
export function spreadOf(values: readonly number[]): Spread | null {
  const count = values.length
  if (count === 0) return null
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  if (count === 1) return { mean, deviation: null, count }
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: Math.sqrt(squares / (count - 1)), count }
}

/**
 * 95 % interval of the difference of two shares of `count` trials each (Newcombe, 1998, method 10, from
 * the two Wilson intervals). Where both are of the same trials and mostly agree it is too wide.
 * @returns bounds of a - b, in [-1, 1]
 */
export function newcombe(a: number, b: number, count: number): [number, number] {
  const [[lowA, highA], [lowB, highB]] = [wilson(a, count), wilson(b, count)]
  return [a - b - Math.hypot(a - lowA, highB - b), a - b + Math.hypot(highA - a, b - lowB)]
}

/** Of the normal distribution, two-sided 95 %. */
const Z = 1.959964

/**
 * 95 % interval of the difference of two shares that were measured on the same trials (Bonett and Price,
 * 2012, adjusted Wald).
 * @param gained trials that only the first counts
 * @param lost trials that only the second counts
 * @param count all trials
 * @returns bounds of (gained - lost) / count, in [-1, 1]
 */
export function pairedInterval(gained: number, lost: number, count: number): [number, number] {
  if (count <= 0) return [-1, 1]
  const [a, b] = [(gained + 1) / (count + 2), (lost + 1) / (count + 2)]
  const half = Z * Math.sqrt((a + b - (a - b) ** 2) / (count + 2))
  return [Math.max(-1, a - b - half), Math.min(1, a - b + half)]
}

/**
 * 95 % interval of a mean of independent values in [0, 1] (Student's t).
 * @returns bounds in [0, 1]; null for fewer than two values, which have no spread
 */
export function meanInterval({ mean, deviation, count }: Spread): [number, number] | null {
  if (deviation === null) return null
  const half = (studentQuantile(count - 1) * deviation) / Math.sqrt(count)
  return [Math.max(0, mean - half), Math.min(1, mean + half)]
}

/**
 * 95 % interval of a mean over items that come in groups, such as the objects of videos: by the
 * linearised variance of a ratio of sums over independent groups (Cochran, Sampling Techniques, 1977,
 * chapter 6, without the finite population correction) and Student's t. With groups of one size it
 * is `meanInterval` of their means.
 * @param groups values of each, in [0, 1], at least one a group
 * @returns null for a single group
 */
export function groupedInterval(groups: readonly (readonly number[])[]): [number, number] | null {
  if (groups.length < 2) return null
  const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
  const items = sumOf(groups.map(({ length }) => length))
  const mean = sumOf(groups.map(sumOf)) / items
  const squares = sumOf(groups.map((group) => (sumOf(group) - mean * group.length) ** 2))
  const variance = (groups.length / (groups.length - 1)) * (squares / items ** 2)
  const half = studentQuantile(groups.length - 1) * Math.sqrt(variance)
  return [Math.max(0, mean - half), Math.min(1, mean + half)]
}

/** 97.5 % quantiles of Student's t for 1, 2, … degrees of freedom, from tables. */
const QUANTILES = [12.7062, 4.30265, 3.18245, 2.77645]

/** 97.5 % quantile of Student's t; from 5 degrees of freedom on within 0.2 % (Abramowitz and Stegun, 26.7.5). */
function studentQuantile(degrees: number): number {
  if (degrees <= QUANTILES.length) return QUANTILES[degrees - 1]
  return [
    (Z ** 3 + Z) / 4,
    (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96,
    (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / 384,
  ].reduce((sum, term, i) => sum + term / degrees ** (i + 1), Z)
}

/**
 * 95 % interval of a share of `count` trials (Wilson, 1927, eq. for the score interval).
 * @returns bounds in [0, 1]
 */
export function wilson(share: number, count: number): [number, number] {
  if (count <= 0) return [0, 1]
  const centre = (share + Z ** 2 / (2 * count)) / (1 + Z ** 2 / count)
  const half =
    (Z / (1 + Z ** 2 / count)) *
    Math.sqrt((share * (1 - share)) / count + Z ** 2 / (4 * count ** 2))
  return [Math.max(0, centre - half), Math.min(1, centre + half)]
}

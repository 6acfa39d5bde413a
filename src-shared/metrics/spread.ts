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

/**
 * 95 % interval of a share of `count` trials (Wilson, 1927, eq. for the score interval).
 * @returns bounds in [0, 1]
 */
export function wilson(share: number, count: number): [number, number] {
  if (count <= 0) return [0, 1]
  const z = 1.959964
  const centre = (share + z ** 2 / (2 * count)) / (1 + z ** 2 / count)
  const half =
    (z / (1 + z ** 2 / count)) *
    Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2))
  return [Math.max(0, centre - half), Math.min(1, centre + half)]
}

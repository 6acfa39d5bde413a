/** A measured quantity over x, which grows strictly; both of one length, finite. */
export interface Series {
  x: Float64Array
  y: Float64Array
}

/** What an exponential average has gathered: handed on, it goes on where it stopped. */
export interface AverageState {
  average: number
  total: number
}

/**
 * Exponential moving average with Adam's bias correction (Kingma and Ba, 2015, section 3).
 * @param weight of the past, in [0, 1); 0 gives the values themselves
 */
export function averaged(
  y: Float64Array,
  weight: number,
): { values: Float64Array; state: AverageState } {
  const values = new Float64Array(y.length)
  const state = { average: 0, total: 0 }
  for (let i = 0; i < y.length; i++) values[i] = follow(state, y[i], weight)
  return { values, state }
}

/** Takes one more value into an average, and gives what the average is then. */
export function follow(state: AverageState, value: number, weight: number): number {
  state.average = weight * state.average + (1 - weight) * value
  state.total = weight * state.total + (1 - weight)
  return state.average / state.total
}

/** Index of the first x that is at least `at`; the length when there is none. */
export function firstAtLeast(x: Float64Array, at: number): number {
  let low = 0
  let high = x.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (x[middle] < at) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Thins what lies in [from, to], with one point more on either side so that lines leave the window,
 * to the first, least, greatest and last point of each of `buckets` equal pieces of x. Drawn with as
 * many columns of pixels, that is what drawing every point gives (M4: Jugel et al., VLDB 2014).
 * @param buckets at least 1
 * @returns 4 x `buckets` + 2 points at most, x growing
 */
export function thinned({ x, y }: Series, from: number, to: number, buckets: number): Series {
  const first = Math.max(0, firstAtLeast(x, from) - 1)
  let last = firstAtLeast(x, to)
  if (last === x.length) last--
  if (last - first < 4 * buckets)
    return { x: x.slice(first, last + 1), y: y.slice(first, last + 1) }
  const kept: number[] = [first]
  const keep = (index: number): void => {
    if (index > kept[kept.length - 1]) kept.push(index)
  }
  const width = (x[last] - x[first]) / buckets
  for (let bucket = 0, i = first; bucket < buckets && i <= last; bucket++) {
    const end = bucket + 1 === buckets ? last : firstAtLeast(x, x[first] + (bucket + 1) * width) - 1
    if (end < i) continue
    const [least, greatest] = extremes(y, i, end)
    keep(i)
    keep(Math.min(least, greatest))
    keep(Math.max(least, greatest))
    keep(end)
    i = end + 1
  }
  keep(last)
  return { x: Float64Array.from(kept, (i) => x[i]), y: Float64Array.from(kept, (i) => y[i]) }
}

/** Indices of the least and the greatest value in [from, to]. */
export function extremes(y: Float64Array, from: number, to: number): [number, number] {
  let least = from
  let greatest = from
  for (let i = from + 1; i <= to; i++) {
    if (y[i] < y[least]) least = i
    if (y[i] > y[greatest]) greatest = i
  }
  return [least, greatest]
}

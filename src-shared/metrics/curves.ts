/** One measured quantity over optimiser steps; `steps` strictly increasing, both of one length. */
export interface Curve {
  steps: readonly number[]
  values: readonly number[]
}

/**
 * Exponential moving average without the pull towards zero at the start (Adam's bias correction:
 * Kingma and Ba, 2015, section 3).
 * @param weight of the past, in [0, 1); 0 gives the values themselves. Not-a-number stays in its
 * place and does not spread.
 */
export function smooth(values: readonly number[], weight: number): number[] {
  let average = 0
  let total = 0
  return values.map((value) => {
    if (!Number.isFinite(value)) return value
    average = weight * average + (1 - weight) * value
    total = weight * total + (1 - weight)
    return average / total
  })
}

/**
 * Thins a curve to `cap` points for drawing by largest triangle three buckets (Steinarsson, 2013):
 * the first and last point stay, and every bucket of points in between gives the one that makes the
 * largest triangle with the point kept before it and the mean of the next bucket. A value that is
 * not a number stands for its bucket, so that a diverged run shows.
 * @param cap at least 3
 * @throws RangeError for a smaller cap
 */
export function decimate(curve: Curve, cap: number): Curve {
  if (!(cap >= 3)) throw new RangeError(`Expected room for at least 3 points, got ${cap}.`)
  const { steps, values } = curve
  const count = steps.length
  if (count <= cap) return curve
  const buckets = Math.floor(cap) - 2
  const border = (bucket: number): number => 1 + Math.floor((bucket * (count - 2)) / buckets)
  const keep = [0]
  for (let b = 0; b < buckets; b++) {
    const end = border(b + 1)
    const next = b + 1 < buckets ? meanPoint(curve, end, border(b + 2)) : pointAt(curve, count - 1)
    keep.push(largestTriangle(curve, border(b), end, pointAt(curve, keep[b]), next))
  }
  keep.push(count - 1)
  return { steps: keep.map((i) => steps[i]), values: keep.map((i) => values[i]) }
}

interface Point {
  step: number
  value: number
}

/** Index in [from, to) of the point that spans the largest triangle with `before` and `after`. */
function largestTriangle(
  { steps, values }: Curve,
  from: number,
  to: number,
  before: Point,
  after: Point,
): number {
  let best = from
  let largest = -1
  for (let i = from; i < to; i++) {
    if (!Number.isFinite(values[i])) return i
    const across = (after.step - before.step) * (values[i] - before.value)
    const along = (steps[i] - before.step) * (after.value - before.value)
    const area = Math.abs(across - along)
    if (area > largest) {
      largest = area
      best = i
    }
  }
  return best
}

/** The point at `index`; 0 stands for a value that is not a number. */
function pointAt({ steps, values }: Curve, index: number): Point {
  return { step: steps[index], value: Number.isFinite(values[index]) ? values[index] : 0 }
}

function meanPoint(curve: Curve, from: number, to: number): Point {
  const mean = { step: 0, value: 0 }
  for (let i = from; i < to; i++) {
    const { step, value } = pointAt(curve, i)
    mean.step += step / (to - from)
    mean.value += value / (to - from)
  }
  return mean
}

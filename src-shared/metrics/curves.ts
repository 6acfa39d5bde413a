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
 * Thins a curve to at most `cap` points for drawing. The first and last point stay; every bucket in
 * between gives its least and its greatest value, so that spikes stay visible.
 * @param cap at least 4
 */
export function decimate(curve: Curve, cap: number): Curve {
  const { steps, values } = curve
  const count = steps.length
  if (count <= cap) return curve
  const keep: number[] = [0]
  const buckets = Math.floor((cap - 2) / 2)
  for (let b = 0; b < buckets; b++) {
    const from = 1 + Math.floor((b * (count - 2)) / buckets)
    const to = 1 + Math.floor(((b + 1) * (count - 2)) / buckets)
    keep.push(...extremes(values, from, to))
  }
  keep.push(count - 1)
  return { steps: keep.map((i) => steps[i]!), values: keep.map((i) => values[i]!) }
}

function extremes(values: readonly number[], from: number, to: number): number[] {
  let least = from
  let greatest = from
  for (let i = from + 1; i < to; i++) {
    if (values[i]! < values[least]!) least = i
    if (values[i]! > values[greatest]!) greatest = i
  }
  return least === greatest ? [least] : [Math.min(least, greatest), Math.max(least, greatest)]
}

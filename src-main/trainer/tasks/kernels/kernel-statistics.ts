import type { Distribution, KernelLayer } from '#shared/tasks/kernels/artefact.ts'
import type { StateDict } from '../../networks/weights.ts'

const BINS = 64
const QUANTILES = [0.01, 0.25, 0.5, 0.75, 0.99] as const
/** Bins reach this many deviations to either side of the mean. */
const REACH = 4

/** The distributions of the kernels that span more than one frame, from the input on. */
export function temporalLayers(state: StateDict): KernelLayer[] {
  return [...state]
    .filter(([, { shape }]) => shape.length === 5 && shape[2] > 1)
    .map(([name, { shape, data }]) => describeLayer(name, shape, data))
}

/** @param data [out, in, t, h, w], row-major */
function describeLayer(name: string, shape: number[], data: Float32Array): KernelLayer {
  const [taps, area] = [shape[2], shape[3] * shape[4]]
  const tapOf = (i: number): number => Math.floor(i / area) % taps
  const values = Array.from({ length: taps }, (_, tap) => data.filter((_w, i) => tapOf(i) === tap))
  const { from, to } = range(data)
  return {
    name,
    shape: [...shape],
    all: distributionOf(data, from, to),
    taps: values.map((weights) => distributionOf(weights, from, to)),
    change: changeShare(values),
  }
}

/**
 * Share of the kernels' energy that is change over time.
 * @param taps one list a place in time; equal places belong to one kernel
 */
function changeShare(taps: readonly Float32Array[]): number {
  let [energy, change] = [0, 0]
  for (let i = 0; i < taps[0].length; i++) {
    const mean = taps.reduce((sum, weights) => sum + weights[i], 0) / taps.length
    for (const weights of taps) {
      energy += weights[i] ** 2
      change += (weights[i] - mean) ** 2
    }
  }
  return energy > 0 ? Math.min(1, change / energy) : 0
}

function distributionOf(weights: Float32Array, from: number, to: number): Distribution {
  const sorted = weights.toSorted()
  const { mean, deviation } = moments(weights)
  const counts = new Array<number>(BINS).fill(0)
  for (const weight of weights) {
    const bin = Math.floor(((weight - from) / (to - from)) * BINS)
    counts[Math.min(BINS - 1, Math.max(0, bin))]++
  }
  const [low, lower, middle, upper, high] = QUANTILES.map((part) => quantile(sorted, part))
  return {
    count: weights.length,
    mean,
    deviation,
    min: sorted[0],
    max: sorted[sorted.length - 1],
    quantiles: [low, lower, middle, upper, high],
    density: { from, to, shares: counts.map((count) => count / weights.length) },
  }
}

/** Where the bins of a layer lie. */
function range(weights: Float32Array): { from: number; to: number } {
  const { mean, deviation } = moments(weights)
  // Weights that are all alike lie in the middle bin.
  const half = REACH * deviation || 1
  return { from: mean - half, to: mean + half }
}

function moments(weights: Float32Array): { mean: number; deviation: number } {
  let sum = 0
  for (const weight of weights) sum += weight
  const mean = sum / weights.length
  let squares = 0
  for (const weight of weights) squares += (weight - mean) ** 2
  return { mean, deviation: Math.sqrt(squares / weights.length) }
}

/** Linear between the two values around it, as NumPy's default. */
function quantile(sorted: Float32Array, part: number): number {
  const place = part * (sorted.length - 1)
  const below = Math.floor(place)
  const above = Math.min(sorted.length - 1, below + 1)
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below)
}

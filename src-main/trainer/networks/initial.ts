import type { Rng } from '#shared/random/rng.ts'
import { sizeOf } from '../engine/tensor.ts'

/** Fills one entry of a network's state, in PyTorch's order, before training. */
export type Initialiser = (shape: readonly number[], rng: Rng) => Float32Array

export function constant(value: number): Initialiser {
  return (shape) => new Float32Array(sizeOf(shape)).fill(value)
}

/** Normal with mean 0. */
export function normal(deviation: number): Initialiser {
  return (shape, rng) =>
    Float32Array.from({ length: sizeOf(shape) }, () => deviation * rng.normal())
}

/** He et al. 2015 by fan-out: normal with deviation sqrt(2 / (out * taps)), as torchvision's. */
export const kaimingNormal: Initialiser = (shape, rng) => {
  const [out, , ...taps] = shape
  const deviation = Math.sqrt(2 / (out * sizeOf(taps)))
  return Float32Array.from({ length: sizeOf(shape) }, () => deviation * rng.normal())
}

/** PyTorch's default for weights and biases alike: uniform within 1 / sqrt(fanIn). */
export function uniformByFanIn(fanIn: number): Initialiser {
  const bound = 1 / Math.sqrt(fanIn)
  return (shape, rng) =>
    Float32Array.from({ length: sizeOf(shape) }, () => rng.uniform(-bound, bound))
}

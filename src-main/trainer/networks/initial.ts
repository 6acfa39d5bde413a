import { drawn } from '#shared/random/drawn.ts'
import type { Rng } from '#shared/random/rng.ts'
import { sizeOf } from '../engine/tensor.ts'

/** Fills one entry of a network's state, in PyTorch's order, before training. */
export type Initialiser = (shape: readonly number[], rng: Rng) => Float32Array

export function constant(value: number): Initialiser {
  return (shape) => new Float32Array(sizeOf(shape)).fill(value)
}

/** Normal with mean 0. */
export function normal(deviation: number): Initialiser {
  return (shape, rng) => drawn(sizeOf(shape), () => deviation * rng.normal())
}

/** He et al. 2015 by fan-out: normal with deviation sqrt(2 / (out * taps)), as torchvision's. */
export const kaimingNormal: Initialiser = (shape, rng) => {
  const [out, , ...taps] = shape
  const deviation = Math.sqrt(2 / (out * sizeOf(taps)))
  return drawn(sizeOf(shape), () => deviation * rng.normal())
}

/**
 * Keras' default `VarianceScaling`: normal with variance 1 / fanIn, cut off at two deviations of the
 * normal that it is drawn from.
 */
export function scaledByFanIn(fanIn: number): Initialiser {
  // Cut off so, a normal of deviation 1 has this one.
  const deviation = 1 / (Math.sqrt(fanIn) * 0.87962566103423978)
  const draw = (rng: Rng): number => {
    const value = rng.normal()
    return Math.abs(value) <= 2 ? deviation * value : draw(rng)
  }
  return (shape, rng) => drawn(sizeOf(shape), () => draw(rng))
}

/** PyTorch's default for weights and biases alike: uniform within 1 / sqrt(fanIn). */
export function uniformByFanIn(fanIn: number): Initialiser {
  const bound = 1 / Math.sqrt(fanIn)
  return (shape, rng) => drawn(sizeOf(shape), () => rng.uniform(-bound, bound))
}

/** Glorot and Bengio (AISTATS 2010) for a matrix [out, in]: uniform within sqrt(6 / (in + out)). */
export const xavierUniform: Initialiser = (shape, rng) => {
  const bound = Math.sqrt(6 / (shape[0] + shape[1]))
  return drawn(sizeOf(shape), () => rng.uniform(-bound, bound))
}

/**
 * Normal with mean 0, drawn again where it is farther from 0 than its deviation: PyTorch's
 * `trunc_normal_` within one deviation.
 */
export function normalWithinDeviation(deviation: number): Initialiser {
  const draw = (rng: Rng): number => {
    const value = rng.normal()
    return Math.abs(value) <= 1 ? deviation * value : draw(rng)
  }
  return (shape, rng) => drawn(sizeOf(shape), () => draw(rng))
}

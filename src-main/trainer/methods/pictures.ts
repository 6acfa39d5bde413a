import { unitScaling, type InputScaling } from '#shared/encoders/scaling.ts'
import type { Engine } from '../engine/engine.ts'
import { raw } from '../engine/raw.ts'
import type { Tensor } from '../engine/tensor.ts'
import type { MadeClips } from './learner.ts'

/**
 * The first clips of a view, in [0, 1]: what a method shows beside what it makes of them.
 * @param view [B, T, S, S, 3] row by row, as the encoder takes it
 * @param shape [n, T, S, S, 3] of the clips that are wanted
 * @param scaling how its colours were scaled
 */
export function shownClips(
  view: Float32Array,
  shape: MadeClips['shape'],
  scaling: InputScaling,
): MadeClips {
  const length = shape.reduce((product, n) => product * n, 1)
  return unscaled({ data: view.subarray(0, length), shape }, scaling)
}

/** From [-1, 1] to [0, 1], cut off at both ends. */
export function toUnit(engine: Engine, x: Tensor): Tensor {
  const half = raw.add(engine, raw.scale(engine, x, 0.5), engine.scalar(0.5))
  return raw.minimum(engine, raw.maximum(engine, half, engine.scalar(0)), engine.scalar(1))
}

/** The same clips without the encoder's scaling, within [0, 1]. */
export function unscaled(
  { data, shape }: MadeClips,
  scaling: InputScaling = unitScaling,
): MadeClips {
  const { mean, deviation } = scaling
  const colours = data.map((value, i) => {
    const colour = value * deviation[i % 3] + mean[i % 3]
    return Math.min(1, Math.max(0, colour))
  })
  return { data: colours, shape }
}

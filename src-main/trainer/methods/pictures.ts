import { unitScaling, type InputScaling } from '#shared/encoders/scaling.ts'
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

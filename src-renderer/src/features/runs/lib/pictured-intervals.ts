import { startCount } from '#shared/fame/clip-window.ts'
import { Rng } from '#shared/random/rng.ts'
import { drawIntervals, INTERVAL_LAWS, type IntervalLaw } from '#shared/views/interval.ts'
import type { FormValues } from './form-model.ts'

/** Frames of the video for which intervals are pictured: ten seconds of most data sets. */
export const PICTURED_FRAMES = 250
const COUNT = 2000
/** Any will do; the same one, so that the picture stands still. */
const SEED = 1

export interface PicturedIntervals {
  law: IntervalLaw
  power: number
  /** Starts of a clip. */
  M: number
  /** Frames. */
  drawn: number[]
}

/** Intervals between two clips as the form's settings draw them; null where a setting is no number yet. */
export function picturedIntervals(values: FormValues): PicturedIntervals | null {
  const { frames, stride, intervalPower: power } = values
  const law = INTERVAL_LAWS.find((known) => known === values.interval)
  const isKnown = [frames, stride, power].every((value) => typeof value === 'number' && value > 0)
  if (!law || !isKnown) return null
  const shape = { frames: Number(frames), stride: Number(stride) }
  if (shape.frames * shape.stride > PICTURED_FRAMES) return null
  const M = startCount(shape, PICTURED_FRAMES)
  const drawn = drawIntervals(new Rng(SEED), law, { count: COUNT, M, power: Number(power) })
  return { law, power: Number(power), M, drawn }
}

import type { Clip } from '../clip.ts'
import { inEvenLight, lightOf } from '../motion-mask/light.ts'
import { Memory } from '../motion-mask/memory.ts'
import type { CameraMotion } from './motion.ts'
import type { GlobalMotion, GlobalMotionOptions } from './global-motion.ts'

/** A change of light by this part from one frame to the next looks like motion where colours change. */
const STRONG = 0.015

/**
 * The camera's motion, as `GlobalMotion.estimate` gives it. Where one is found in light that changes,
 * it is estimated again in even light: brighter and darker frames fit better at other places.
 */
export function estimateInEvenLight(
  motion: GlobalMotion,
  clip: Clip,
  options: GlobalMotionOptions = {},
): CameraMotion[] | null {
  const motions = motion.estimate(clip, options)
  if (!motions) return null
  const light = lightOf(clip)
  const changes = light?.some((value, t) => t > 0 && Math.abs(value / light[t - 1] - 1) > STRONG)
  return light && changes
    ? motion.estimate(inEvenLight(clip, light, new Memory()), options)
    : motions
}

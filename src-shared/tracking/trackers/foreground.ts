import { createMasker, type MaskVariant } from '../../fame/masker.ts'
import { framesOf, type Sequence, type Tracker } from './tracker.ts'

/** Frames of the clip around a frame that its mask comes from, as in training. */
const CLIP = 16

/** The part of the frame that a mask keeps, as in the paper. */
const BETA = 0.5

/** The masks that merging makes of the clips around each frame, at a beta chosen for each. */
export function foreground(variant: MaskVariant): Tracker {
  return function* (sequence) {
    const { frames, height, width } = sequence
    const masker = createMasker(height, width)
    for (let t = 1; t < frames; t++) {
      const clip = clipAround(sequence, t)
      const { mask } = masker.compute(clip, { variant, beta: BETA, adaptive: true })
      yield mask.slice()
    }
  }
}

/** The frames around one, all within the sequence; all of them where there are fewer. */
function clipAround(sequence: Sequence, t: number) {
  const { frames: length, height, width } = sequence
  const frames = Math.min(CLIP, length)
  const start = Math.min(length - frames, Math.max(0, t - (CLIP >> 1)))
  const data = framesOf(sequence, start, frames)
  return { data, frames, height, width }
}

import type { ByteClip } from '#shared/fame/clip.ts'

/** A clip with the true foreground of each of its frames. */
export interface LabelledClip {
  clip: ByteClip
  /** [T, H, W]: 1 foreground. */
  truth: Uint8Array
}

/** [H, W]: 1 where any frame has foreground. A clip has one mask for all of its frames. */
export function unionOf({ clip, truth }: LabelledClip): Uint8Array {
  const union = new Uint8Array(clip.height * clip.width)
  for (let i = 0, pixel = 0; i < truth.length; i++, pixel = (pixel + 1) % union.length) {
    union[pixel] |= truth[i]
  }
  return union
}

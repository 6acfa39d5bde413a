import type { Clip } from './clip.ts'
import { createMasker, type FoundPlanes, type MaskPlanes } from './masker.ts'

export type { MaskPlanes }

/**
 * All float planes of one clip in arrays of their own. Of them follow, without the clip, the masks
 * of `fame` and `seed` for every beta (`RankSelect.largest`) and that of `grid` (`fillGrid`).
 * @param clip [T, H, W, 3], T >= 2
 * @throws ClipError as `Masker.planes`
 */
export function maskPlanes(clip: Clip, { compensate = false } = {}): FoundPlanes {
  return createMasker(clip.height, clip.width).planes(clip, { compensate })
}

/** What the variant `motion` finds in a clip. */
export interface MotionPlanes {
  /** [H, W], what its mask is cut from: see `fillMotionPlane`. */
  motion: Float32Array
  /** [T, H, W] u8: what is front in each frame. */
  fronts: Uint8Array
}

/**
 * What the variant `motion` is cut from, and what it finds by frame, in arrays of their own.
 * @param clip [T, H, W, 3], T >= 2
 * @throws ClipError as `Masker.compute`
 */
export function motionPlanes(clip: Clip): MotionPlanes {
  // Beta does not count for it.
  const found = createMasker(clip.height, clip.width).compute(clip, {
    variant: 'motion',
    beta: 0.5,
  })
  return { motion: found.soft, fronts: found.frames ?? new Uint8Array() }
}

/**
 * How much moves from each frame to the next.
 * @param clip [T, H, W, 3]
 * @returns [T - 1], 0..3: mean over the pixels of |frame difference| summed over RGB
 */
export function motionEnergy(clip: Clip): number[] {
  const { data, frames, height, width } = clip
  const length = height * width * 3
  const unit = 1 / ((data instanceof Uint8Array ? 255 : 1) * height * width)
  return Array.from({ length: Math.max(0, frames - 1) }, (_, t) => {
    let sum = 0
    for (let i = t * length, j = i + length; j < (t + 2) * length; i++, j++) {
      sum += Math.abs(data[j] - data[i])
    }
    return sum * unit
  })
}

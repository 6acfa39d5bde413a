import type { Clip } from '#shared/fame/clip.ts'
import type { Masker, MaskOptions } from '#shared/fame/masker.ts'
import { MotionMasker } from '#shared/fame/motion-mask/motion-masker.ts'
import { SCENE_SHAPE } from './scene-spec.ts'

/** A way of making masks that is held against the truth. */
export interface MaskTrial {
  name: string
  /** @returns [H, W] */
  mask: (clip: Clip, masker: Masker) => Uint8Array
}

function byOptions(name: string, options: Omit<MaskOptions, 'beta'>): MaskTrial {
  return { name, mask: (clip, masker) => masker.compute(clip, { ...options, beta: 0.5 }).mask }
}

let mover: MotionMasker | undefined

/** Each variant with its kinds of ratio, without and with the camera's motion taken out. */
export const maskTrials: readonly MaskTrial[] = [
  byOptions('fame 0.5', { variant: 'fame' }),
  byOptions('fame 0.5 +camera', { variant: 'fame', compensate: true }),
  byOptions('fame adaptive', { variant: 'fame', adaptive: true }),
  byOptions('fame adaptive +camera', { variant: 'fame', adaptive: true, compensate: true }),
  byOptions('seed adaptive', { variant: 'seed', adaptive: true }),
  byOptions('seed adaptive +camera', { variant: 'seed', adaptive: true, compensate: true }),
  {
    name: 'motion, no camera',
    mask: (clip) => {
      mover ??= new MotionMasker(SCENE_SHAPE.side, SCENE_SHAPE.side)
      return mover.compute(clip, { camera: false }).mask
    },
  },
  byOptions('motion', { variant: 'motion' }),
]

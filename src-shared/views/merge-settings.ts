import type { PretrainTable } from '../settings/pretraining.ts'
import type { ValuesOf } from '../settings/setting.ts'

export const MASK_VARIANTS = ['fame', 'seed', 'gauss', 'grid', 'motion'] as const

/** Whether the foreground ratio of a variant is given, or chosen from its soft mask. */
export function usesBeta(variant: (typeof MASK_VARIANTS)[number]): boolean {
  return variant !== 'grid' && variant !== 'motion'
}

/** Whether a variant finds a mask for each frame of a clip. */
export function hasFrameMasks(variant: (typeof MASK_VARIANTS)[number]): boolean {
  return variant === 'motion'
}

/** What replaces the background of a merged clip (Ding et al., CVPR 2022, ablation). */
export const BACKGROUNDS = ['inter', 'intra', 'static', 'none'] as const

/** Foreground-background merging. */
export const mergeSettings = {
  merge: {
    type: 'choice',
    label: 'FAME on',
    meaning:
      'Which clips of a video have their background replaced: the first one (query), both, or none',
    group: 'merge',
    choices: ['query', 'both', 'none'],
    default: 'query',
  },
  background: {
    type: 'choice',
    label: 'Background from',
    meaning:
      'What replaces the background. inter: the clip of another video of the batch. intra: another clip of the same video. static: one frame of another video, repeated. none: black',
    group: 'merge',
    choices: BACKGROUNDS,
    default: 'inter',
  },
  variant: {
    type: 'choice',
    label: 'Mask',
    meaning:
      'How the foreground mask is made. motion finds its own area and the camera by itself: β, adaptive β and compensation do not count for it',
    group: 'merge',
    choices: MASK_VARIANTS,
    default: 'fame',
  },
  maskPer: {
    type: 'choice',
    label: 'One mask per',
    meaning:
      'clip: one mask for all frames of a clip. frame: each frame is merged by its own corrected mask where there is one, else by the mask of the clip',
    group: 'merge',
    choices: ['clip', 'frame'],
    default: 'clip',
  },
  beta: {
    type: 'number',
    label: 'Foreground ratio β',
    meaning: 'Share of the frame that the mask keeps as foreground',
    group: 'merge',
    min: 0.01,
    max: 0.99,
    default: 0.5,
  },
  adaptiveBeta: {
    type: 'flag',
    label: 'Adaptive β',
    meaning:
      'Choose the foreground ratio of each clip from its soft mask, unless someone has set one',
    group: 'merge',
    default: false,
  },
  adaptiveFallback: {
    type: 'flag',
    label: 'Fall back to β',
    meaning:
      'With adaptive β and the mask fame: keep the given foreground ratio in clips whose soft mask does not tell one',
    group: 'merge',
    default: true,
  },
  compensateMotion: {
    type: 'flag',
    label: 'Compensate camera motion',
    meaning: "Remove the camera's motion before frames are compared",
    group: 'merge',
    default: false,
  },
  cameraBorder: {
    type: 'flag',
    label: "Fit the frame's border",
    meaning:
      "Take the camera's motion from the border of the frame in clips where a large thing draws the fit to itself; with compensation, and with the mask motion",
    group: 'merge',
    default: true,
  },
  cameraPerspective: {
    type: 'flag',
    label: 'Fit perspective',
    meaning:
      'Take homographies for the motion of a camera that turns, in clips that they explain better; with compensation, and with the mask motion',
    group: 'merge',
    default: true,
  },
  motionNoise: {
    type: 'flag',
    label: 'Tell codec noise from motion',
    meaning:
      'With the mask motion: tell what a codec changes at a low rate from what moves, and measure the noise of a moving camera on the whole picture',
    group: 'merge',
    default: true,
  },
  useCorrections: {
    type: 'flag',
    label: 'Use corrections',
    meaning:
      'Use corrected and approved masks and the foreground ratios set in Masks, and never draw a rejected clip',
    group: 'merge',
    default: true,
  },
} as const satisfies PretrainTable

/** Whether a setting of merging changes nothing beside the others, whatever its value. */
export function isIdle(
  name: string,
  others: Pick<ValuesOf<typeof mergeSettings>, 'variant' | 'adaptiveBeta' | 'compensateMotion'>,
): boolean {
  const { variant, adaptiveBeta, compensateMotion } = others
  if (name === 'adaptiveFallback') return !adaptiveBeta || variant !== 'fame'
  if (name === 'motionNoise') return variant !== 'motion'
  const ofCamera = name === 'cameraBorder' || name === 'cameraPerspective'
  if (ofCamera) return !compensateMotion && variant !== 'motion'
  return false
}

import type { PretrainTable } from '../settings/pretraining.ts'
import { INTERVAL_LAWS } from './interval.ts'

/** Which frames of a video make up its clips. */
export const clipSettings = {
  frames: {
    type: 'int',
    label: 'Frames per clip',
    meaning: 'Frames in one clip',
    group: 'data',
    unit: 'frames',
    min: 2,
    max: 128,
    default: 16,
  },
  stride: {
    type: 'int',
    label: 'Stride',
    meaning: 'Distance between two frames of a clip',
    group: 'data',
    unit: 'frames',
    min: 1,
    max: 32,
    default: 2,
  },
  size: {
    type: 'int',
    label: 'Crop size',
    meaning: 'Height and width of a clip after the random resized crop',
    group: 'data',
    unit: 'px',
    min: 16,
    max: 448,
    default: 112,
  },
  interval: {
    type: 'choice',
    label: 'Interval between clips',
    meaning:
      'Distribution of the distance in time between the clips of a video. independent: each start is drawn by itself. decreasing: near clips are likelier (Qian et al., CVPR 2021). uniform: every distance is equally likely. increasing: far clips are likelier. near, far: only the nearest or the farthest quarter of the distances',
    group: 'data',
    choices: INTERVAL_LAWS,
    default: 'independent',
  },
  intervalPower: {
    type: 'number',
    label: 'Power of the interval',
    meaning:
      'Power p of the decreasing density 1 - (k/M)^p and of the increasing density (k/M)^p over the distances k up to M; no other distribution uses it',
    group: 'data',
    min: 0.1,
    max: 10,
    default: 1,
  },
} as const satisfies PretrainTable

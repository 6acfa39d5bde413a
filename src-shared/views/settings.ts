import type { PretrainTable } from '../settings/pretraining.ts'
import { augmentationSettings } from './augmentation-settings.ts'
import { clipSettings } from './clip-settings.ts'
import { flowSettings } from './flow-settings.ts'
import { mergeSettings } from './merge-settings.ts'

/** Of the clips of a video: how they are drawn, cut, merged and changed. */
export const viewSettings = {
  ...clipSettings,
  ...flowSettings,
  ...augmentationSettings,
  ...mergeSettings,
} as const satisfies PretrainTable

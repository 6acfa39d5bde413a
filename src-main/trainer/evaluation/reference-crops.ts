import type { PretrainConfig } from '#shared/config/pretrain-config.ts'

/** The crops and flips that the reference trains classifiers on. */
export const REFERENCE_CROPS = {
  cropScaleMin: 0.2,
  cropScaleMax: 1,
  cropAspectMin: 0.75,
  flip: 0.5,
} as const satisfies Partial<PretrainConfig>

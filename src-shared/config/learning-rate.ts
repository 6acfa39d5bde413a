import type { PretrainConfig } from './pretrain-config.ts'
import { videosOfStep } from './steps.ts'

export type RateConfig = Pick<PretrainConfig, 'lr' | 'lrRule' | 'batch' | 'accumulate' | 'repeats'>

/** Videos a step that a rule's learning rate belongs to. */
const VIDEOS: Record<Exclude<RateConfig['lrRule'], 'fixed'>, number> = {
  'per-64': 64,
  'per-256': 256,
}

/**
 * The learning rate of a run after warm-up and before its schedule: by the linear rule of Goyal et al.
 * (2017) in proportion to the different videos of a step, or as it is given. Repeats of a video do not
 * count: docs/architecture/views.md says whose code does so.
 */
export function effectiveLearningRate(config: RateConfig): number {
  const { lr, lrRule } = config
  return lrRule === 'fixed' ? lr : (lr * videosOfStep(config)) / VIDEOS[lrRule]
}

/** How the effective learning rate comes about: `0.3 = 0.6 x 32 / 64`; null where it is given. */
export function learningRateText(config: RateConfig): string | null {
  const { lr, lrRule } = config
  if (lrRule === 'fixed') return null
  const rate = Number(effectiveLearningRate(config).toPrecision(4))
  return `${rate} = ${lr} x ${videosOfStep(config)} / ${VIDEOS[lrRule]}`
}

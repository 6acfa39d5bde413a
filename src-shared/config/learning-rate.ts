import type { PretrainConfig } from './pretrain-config.ts'

export type RateConfig = Pick<PretrainConfig, 'lr' | 'lrRule' | 'batch' | 'accumulate'>

/** Videos a step that a rule's learning rate belongs to. */
const VIDEOS: Record<Exclude<RateConfig['lrRule'], 'fixed'>, number> = {
  'per-64': 64,
  'per-256': 256,
}

/**
 * The learning rate of a run after warm-up and before its schedule: by the linear rule of Goyal et al.
 * (2017) in proportion to the videos of a step, or as it is given.
 */
export function effectiveLearningRate({ lr, lrRule, batch, accumulate }: RateConfig): number {
  return lrRule === 'fixed' ? lr : (lr * batch * accumulate) / VIDEOS[lrRule]
}

/** How the effective learning rate comes about: `0.3 = 0.6 x 32 / 64`; null where it is given. */
export function learningRateText(config: RateConfig): string | null {
  const { lr, lrRule, batch, accumulate } = config
  if (lrRule === 'fixed') return null
  const rate = Number(effectiveLearningRate(config).toPrecision(4))
  return `${rate} = ${lr} x ${batch * accumulate} / ${VIDEOS[lrRule]}`
}

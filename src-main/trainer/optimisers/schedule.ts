import { effectiveLearningRate, type RateConfig } from '#shared/config/learning-rate.ts'
import { epochsOf } from '#shared/settings/epoch-list.ts'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'

/**
 * Cosine schedule (Loshchilov and Hutter, 2017) without restarts: from `lr` at step 0 down to `last` at
 * step `steps`.
 * @param step in [0, steps]; may be fractional.
 */
export function cosineLearningRate(lr: number, step: number, steps: number, last = 0): number {
  return last + 0.5 * (lr - last) * (1 + Math.cos((Math.PI * step) / steps))
}

export type ScheduleConfig = RateConfig &
  Pick<PretrainConfig, 'schedule' | 'stepEvery' | 'stepAt' | 'stepFactor' | 'warmup' | 'epochs'> &
  Partial<Pick<PretrainConfig, 'finalLr'>>

/**
 * The learning rate of a step: a line up to the effective rate through the warm-up, then the schedule, which a
 * cosine starts where the warm-up ends.
 * @param step in [0, steps) @param steps in the whole run
 */
export function learningRate(config: ScheduleConfig, step: number, steps: number): number {
  const { schedule, stepEvery, stepAt, stepFactor, warmup, epochs, finalLr = 0 } = config
  const lr = effectiveLearningRate(config)
  const warm = Math.min(steps, Math.round((warmup / epochs) * steps))
  if (step < warm) return (lr * (step + 1)) / warm
  switch (schedule) {
    case 'constant':
      return lr
    case 'cosine':
      return cosineLearningRate(lr, step - warm, steps - warm, lastRate(config, finalLr))
    case 'step': {
      const epoch = (step / steps) * epochs
      return lr * stepFactor ** stepsBy(epoch + 1e-9, { stepEvery, stepAt })
    }
  }
}

/** Scaled as the learning rate is. */
function lastRate(config: RateConfig, finalLr: number): number {
  return effectiveLearningRate({ ...config, lr: finalLr })
}

/** How often the rate has been lowered: at each epoch of the list, or else at regular intervals. */
function stepsBy(
  epoch: number,
  { stepEvery, stepAt }: Pick<PretrainConfig, 'stepEvery' | 'stepAt'>,
): number {
  if (stepAt === '') return Math.floor(epoch / stepEvery)
  return epochsOf(stepAt).filter((fall) => epoch >= fall).length
}

/**
 * The momentum m of an EMA update, copy = m * copy + (1 - m) * network, at a step. The cosine is that
 * of Grill et al. (NeurIPS 2020): 1 - (1 - m) * (cos(pi * step / steps) + 1) / 2.
 */
export function emaMomentum(
  m: number,
  schedule: 'constant' | 'cosine',
  step: number,
  steps: number,
): number {
  if (schedule === 'constant') return m
  return 1 - ((1 - m) * (Math.cos((Math.PI * step) / steps) + 1)) / 2
}

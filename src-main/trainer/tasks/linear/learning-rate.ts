import type { EvaluationSettings } from '#shared/config/evaluation-settings.ts'
import { cosineLearningRate } from '../../optimisers/schedule.ts'

type Steps = Pick<EvaluationSettings, 'lr' | 'milestone1' | 'milestone2' | 'factor'>

/** The learning rate of an epoch, counted from 0: lower from each milestone on. */
export function steppedLearningRate(
  { lr, milestone1, milestone2, factor }: Steps,
  epoch: number,
): number {
  const passed = [milestone1, milestone2].filter((milestone) => epoch >= milestone).length
  return lr * factor ** passed
}

/**
 * The learning rate of one step of a linear probe: a line up to `lr` through the warm-up, then the
 * schedule, which a cosine starts where the warm-up ends, as in pretraining.
 * @param at step counts from 0; steps in the whole training
 */
export function probeLearningRate(
  settings: Steps & Pick<EvaluationSettings, 'decay' | 'epochs' | 'warmup'>,
  { step, steps, epoch }: { step: number; steps: number; epoch: number },
): number {
  const { lr, warmup, epochs, decay } = settings
  const warm = Math.min(steps, Math.round((warmup / epochs) * steps))
  if (step < warm) return (lr * (step + 1)) / warm
  return decay === 'cosine'
    ? cosineLearningRate(lr, step - warm, steps - warm)
    : steppedLearningRate(settings, epoch)
}

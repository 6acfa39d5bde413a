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

/** The learning rate of one step of a linear probe. @param steps in the whole training */
export function probeLearningRate(
  settings: Steps & Pick<EvaluationSettings, 'decay'>,
  at: { step: number; steps: number; epoch: number },
): number {
  return settings.decay === 'cosine'
    ? cosineLearningRate(settings.lr, at.step, at.steps)
    : steppedLearningRate(settings, at.epoch)
}

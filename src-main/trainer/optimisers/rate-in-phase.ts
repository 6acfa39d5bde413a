import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { phaseAt } from '#shared/methods/phases.ts'
import { learningRate } from './schedule.ts'

/**
 * The learning rate of a step of a run: the schedule restarts in each phase of its method, and the
 * epochs of a phase are its part of the run's.
 * @param step in [0, steps) @param steps in the whole run
 */
export function rateInPhase(config: PretrainConfig, step: number, steps: number): number {
  const { from, steps: own, phase } = phaseAt(config, step, steps)
  const epochs = (config.epochs * own) / steps
  const { stepAt = config.stepAt } = phase
  return learningRate({ ...config, epochs, stepAt }, step - from, own)
}

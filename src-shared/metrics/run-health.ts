import type { PretrainConfig } from '../config/pretrain-config.ts'
import { videosOfStep } from '../config/steps.ts'
import { methodOf } from '../methods/index.ts'
import { byName } from '../methods/method.ts'
import type { HealthCheck } from './health.ts'

/** The healthy range of each metric of a run. @param totalSteps that its schedule has */
export function checksOfRun({
  config,
  totalSteps,
}: {
  config: PretrainConfig
  totalSteps: number
}): readonly HealthCheck[] {
  // An epoch leaves out less than a batch, so this is what the queue sees of the videos.
  const videos = totalSteps > 0 ? (totalSteps * videosOfStep(config)) / config.epochs : Infinity
  return methodOf(config).health(byName(config), { videos })
}

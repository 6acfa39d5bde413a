import type { PretrainConfig } from './hyper-parameters.ts'

/**
 * Steps of the optimiser in a whole run; incomplete batches and an incomplete last step are dropped.
 * @param videos in the training split, at least a batch
 */
export function plannedSteps(
  { epochs, batch, accumulate }: Pick<PretrainConfig, 'epochs' | 'batch' | 'accumulate'>,
  videos: number,
): number {
  return Math.max(1, Math.floor((epochs * Math.floor(videos / batch)) / accumulate))
}

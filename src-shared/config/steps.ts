import type { PretrainConfig } from './pretrain-config.ts'

/** Different videos of a step; with `repeats`, a batch counts each of them several times. */
export function videosOfStep({
  batch,
  accumulate,
  repeats,
}: Pick<PretrainConfig, 'batch' | 'accumulate' | 'repeats'>): number {
  return (batch * accumulate) / repeats
}

/**
 * Steps of the optimiser in a whole run. An incomplete batch at the end of an epoch is dropped or
 * filled up, an incomplete last step is dropped.
 * @param videos in the training split, at least a batch
 */
export function plannedSteps(
  config: Pick<PretrainConfig, 'epochs' | 'batch' | 'accumulate' | 'dropLast' | 'repeats'>,
  videos: number,
): number {
  const { epochs, batch, accumulate, dropLast, repeats } = config
  const full = (videos * repeats) / batch
  const batches = dropLast ? Math.floor(full) : Math.ceil(full)
  return Math.max(1, Math.floor((epochs * batches) / accumulate))
}

import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { learnerSize } from '../methods/index.ts'
import { optimiserBuffers } from '../optimisers/index.ts'

/** What a checkpoint takes, in bytes: the state of the method, and the buffers of the optimiser. */
export function checkpointBytes(config: PretrainConfig): number {
  const { trained, state } = learnerSize(config)
  return 4 * (state + optimiserBuffers[config.optimiser] * trained)
}

/**
 * What a run takes on disk at most, in bytes: the newest checkpoints, the best, the one being
 * written, and decoded videos where they are kept.
 */
export function diskBytes(config: PretrainConfig): number {
  const { keepCheckpoints, decodedCache } = config
  return (keepCheckpoints + 2) * checkpointBytes(config) + decodedCache * 2 ** 30
}

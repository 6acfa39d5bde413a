import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { learnerSize } from '../methods/index.ts'
import { optimiserBuffers } from '../optimisers/index.ts'

/**
 * What a checkpoint takes, in bytes: the state of the method, and the buffers of the optimiser.
 * @param videos that the run has seen
 */
export function checkpointBytes(config: PretrainConfig, videos: number): number {
  const { trained, state, perVideo = 0 } = learnerSize(config)
  return 4 * (state + perVideo * videos + optimiserBuffers[config.optimiser] * trained)
}

/**
 * What a run takes on disk at most, in bytes: the newest checkpoints, the best, the one being
 * written, and decoded videos where they are kept.
 */
export function diskBytes(config: PretrainConfig, videos: number): number {
  const { keepCheckpoints, decodedCache } = config
  return (keepCheckpoints + 2) * checkpointBytes(config, videos) + decodedCache * 2 ** 30
}

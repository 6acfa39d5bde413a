import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import { sizeOf } from '../engine/tensor.ts'
import { networkState } from '../models/encoder.ts'

/** What a checkpoint takes, in bytes: both encoders, the optimiser's momentum and the queue. */
export function checkpointBytes({ model, projectionSize, queue }: PretrainConfig): number {
  const { entries } = networkState(model, projectionSize)
  const floats = entries.map(({ shape, trained }) => (trained ? 3 : 2) * sizeOf(shape))
  return 4 * (floats.reduce((sum, count) => sum + count, 0) + projectionSize * queue)
}

/** What the checkpoints of a run take at most: the newest, the best, and the one being written. */
export function checkpointsBytes(config: PretrainConfig): number {
  return (config.keepCheckpoints + 2) * checkpointBytes(config)
}

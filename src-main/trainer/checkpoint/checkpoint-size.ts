import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import { sizeOf } from '../engine/tensor.ts'
import { encoderEntries } from '../encoders/encoder.ts'
import { projectionHead } from '../networks/heads.ts'

/** What a checkpoint takes, in bytes: both encoders, the optimiser's momentum and the queue. */
export function checkpointBytes({ model, projectionSize, queue }: PretrainConfig): number {
  const entries = [...encoderEntries(model), ...projectionHead({ model, projectionSize }).entries]
  const floats = entries.map(({ shape, trained }) => (trained ? 3 : 2) * sizeOf(shape))
  return 4 * (floats.reduce((sum, count) => sum + count, 0) + projectionSize * queue)
}

/**
 * What a run takes on disk at most, in bytes: the newest checkpoints, the best, the one being
 * written, and decoded videos where they are kept.
 */
export function diskBytes(config: PretrainConfig): number {
  const { keepCheckpoints, decodedCache } = config
  return (keepCheckpoints + 2) * checkpointBytes(config) + decodedCache * 2 ** 30
}

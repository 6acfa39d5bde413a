import { availableParallelism } from 'node:os'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { Rng } from '#shared/random/rng.ts'
import type { Engine } from '../../trainer/engine/engine.ts'
import { createEncoder } from '../../trainer/encoders/encoder.ts'
import type { EngineInfo } from '../../trainer/process/messages.ts'
import type { OpTime } from './timed-binding.ts'
import { median, timed, WARM_UP } from './train-bench.ts'

export interface FeatureBench extends EngineInfo {
  model: PretrainConfig['model']
  /** Clips of a batch. */
  batch: number
  frames: number
  size: number
  /** Processor cores that TensorFlow may use. */
  threads: number
  /** Batches that were timed. */
  steps: number
  /** Median of wall time for a batch. */
  secondsPerStep: number
  /** Median of processor time over all threads. */
  cpuSecondsPerStep: number
  clipsPerSecond: number
  /** Largest resident set of the process. */
  peakMemoryBytes: number
  /** The longest first; null unless asked for. */
  operations: OpTime[] | null
  /** Operations a second at most; null where it was not measured. */
  peak: number | null
}

/**
 * Times the features of clips of noise, with the statistics of batch norm fixed, as evaluation does.
 * @param steps how many batches are timed, after two that are not
 * @param takeOperations called around the timed batches, where time by op is wanted
 */
export function benchFeatures(
  engine: Engine,
  config: PretrainConfig,
  steps: number,
  takeOperations: (() => OpTime[]) | null = null,
): Omit<FeatureBench, 'peak'> {
  const { model, batch, frames, size } = config
  const encoder = createEncoder(engine, config)
  const rng = new Rng(1)
  const data = Float32Array.from({ length: batch * frames * size * size * 3 }, () => rng.normal())
  const step = (): void => {
    encoder.forwardFeatures({ data, shape: [batch, frames, size, size, 3] })
  }
  for (let i = 0; i < WARM_UP; i++) step()
  takeOperations?.()
  const times = Array.from({ length: steps }, () => timed(step))
  const operations = takeOperations?.() ?? null
  encoder.dispose()
  const secondsPerStep = median(times.map(({ wall }) => wall))
  return {
    ...engine.info,
    model,
    batch,
    frames,
    size,
    steps,
    secondsPerStep,
    operations,
    threads: availableParallelism(),
    cpuSecondsPerStep: median(times.map(({ cpu }) => cpu)),
    clipsPerSecond: batch / secondsPerStep,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  }
}

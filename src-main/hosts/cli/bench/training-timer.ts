/** Entry of the process that times training steps, feature extraction, or the processor itself. */
import { availableParallelism } from 'node:os'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { benchFeatures, type FeatureBench } from '../../../bench/training/feature-bench.ts'
import { measurePeak, peakOf, type PeakBench } from '../../../bench/training/peak.ts'
import { TimedBinding } from '../../../bench/training/timed-binding.ts'
import { benchTraining, type TrainBench } from '../../../bench/training/train-bench.ts'
import { loadEngine } from '../../../trainer/engine/load.ts'
import { answerTask } from '../trainer-task.ts'

export interface TrainingTimerJob {
  work: 'train' | 'features' | 'peak'
  config: PretrainConfig
  steps: number
  /** Whether every op is timed, too. */
  profile: boolean
}

type Answer = TrainBench | FeatureBench | PeakBench

await answerTask(async ({ work, config, steps, profile }: TrainingTimerJob): Promise<Answer> => {
  let timed: TimedBinding | undefined
  const engine = await loadEngine(config.precision, (raw) =>
    profile ? (timed = new TimedBinding(raw)) : raw,
  )
  if (work === 'peak') {
    return { ...engine.info, threads: availableParallelism(), peak: measurePeak(engine) }
  }
  const peak = profile ? peakOf(engine) : null
  const take = timed ? (): ReturnType<TimedBinding['take']> => timed?.take() ?? [] : null
  const bench = work === 'train' ? benchTraining : benchFeatures
  return { ...bench(engine, config, steps, take), peak }
})

/** Entry of the process that times training steps. */
import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import { TimedBinding } from '../../trainer/bench/timed-binding.ts'
import { benchTraining, type TrainBench } from '../../trainer/bench/train-bench.ts'
import { loadEngine } from '../../trainer/engine/load.ts'
import { answerTask } from './trainer-task.ts'

export interface TrainingTimerJob {
  config: PretrainConfig
  steps: number
  /** Whether every op is timed, too. */
  profile: boolean
}

await answerTask(async ({ config, steps, profile }: TrainingTimerJob): Promise<TrainBench> => {
  if (!profile) return benchTraining(await loadEngine(config.precision), config, steps)
  let timed: TimedBinding | undefined
  const engine = await loadEngine(config.precision, (raw) => (timed = new TimedBinding(raw)))
  return benchTraining(engine, config, steps, () => timed?.take() ?? [])
})

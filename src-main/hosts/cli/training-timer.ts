/** Entry of the process that times training steps: one job comes, one answer goes. */
import { once } from 'node:events'
import { TimedBinding } from '../../trainer/bench/timed-binding.ts'
import { benchTraining } from '../../trainer/bench/train-bench.ts'
import { loadEngine } from '../../trainer/engine/load.ts'
import type { TrainingTimerAnswer, TrainingTimerJob } from './time-training.ts'

async function answer({ config, steps, profile }: TrainingTimerJob): Promise<TrainingTimerAnswer> {
  try {
    if (!profile) return { bench: benchTraining(await loadEngine(config.precision), config, steps) }
    let timed: TimedBinding | undefined
    const engine = await loadEngine(config.precision, (raw) => (timed = new TimedBinding(raw)))
    return { bench: benchTraining(engine, config, steps, () => timed?.take() ?? []) }
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}

const [job] = (await once(process, 'message')) as [TrainingTimerJob]
process.send?.(await answer(job), () => process.exit(0))

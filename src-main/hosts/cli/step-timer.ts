/** Entry of the process that times training steps: one job comes, one answer goes. */
import { once } from 'node:events'
import { loadEngine } from '../../trainer/engine/load.ts'
import { benchStep } from '../../trainer/methods/bench.ts'
import type { StepTimerAnswer, StepTimerJob } from './time-steps.ts'

async function answer({ config, steps }: StepTimerJob): Promise<StepTimerAnswer> {
  try {
    return { times: benchStep(await loadEngine(config.precision), config, steps) }
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}

const [job] = (await once(process, 'message')) as [StepTimerJob]
process.send?.(await answer(job), () => process.exit(0))

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import { trainerEnvironment } from '../../runs/trainer-environment.ts'
import type { StepTimes } from '../../trainer/methods/bench.ts'

/**
 * Times training steps in a process of their own, as a run has it.
 * @throws Error when TensorFlow is missing or the steps fail.
 */
export async function timeSteps(config: PretrainConfig, steps: number): Promise<StepTimes> {
  const child = fork(fileURLToPath(new URL('step-timer.ts', import.meta.url)), [], {
    env: trainerEnvironment(),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  child.send({ config, steps } satisfies StepTimerJob)
  const answer = once(child, 'message') as Promise<[StepTimerAnswer]>
  const ended = once(child, 'exit').then((): [StepTimerAnswer] => [
    { failure: 'The timing process ended without an answer.' },
  ])
  const [result] = await Promise.race([answer, ended])
  if ('failure' in result) throw new Error(result.failure)
  return result.times
}

export interface StepTimerJob {
  config: PretrainConfig
  steps: number
}

export type StepTimerAnswer = { times: StepTimes } | { failure: string }

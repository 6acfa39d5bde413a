import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { PretrainConfig } from '#shared/config/hyper-parameters.ts'
import { trainerEnvironment } from '../../runs/trainer-environment.ts'
import type { TrainBench } from '../../trainer/bench/train-bench.ts'

export interface TrainingTimerJob {
  config: PretrainConfig
  steps: number
  /** Whether every op is timed, too. */
  profile: boolean
}

export type TrainingTimerAnswer = { bench: TrainBench } | { failure: string }

/**
 * Times training steps in a process of their own, as a run has it.
 * @throws Error when TensorFlow is missing or the steps fail.
 */
export async function timeTraining(job: TrainingTimerJob): Promise<TrainBench> {
  const child = fork(fileURLToPath(new URL('training-timer.ts', import.meta.url)), [], {
    env: trainerEnvironment(),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  child.send(job)
  const answer = once(child, 'message') as Promise<[TrainingTimerAnswer]>
  const ended = once(child, 'exit').then(([code, signal]): [TrainingTimerAnswer] => [
    { failure: `The timing process ended without an answer (${signal ?? `exit code ${code}`}).` },
  ])
  const [result] = await Promise.race([answer, ended])
  if ('failure' in result) throw new Error(result.failure)
  return result.bench
}

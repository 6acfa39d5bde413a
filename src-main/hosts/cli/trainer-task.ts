import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { trainerEnvironment } from '../../base/processes/trainer-environment.ts'

/** Programs below this folder that do one task with TensorFlow. */
export type TaskProgram =
  'bench/training-timer.ts' | 'bench/kernel-timer.ts' | 'evaluations/embedder.ts'

type Answer<R> = { result: R } | { failure: string }

/**
 * Has a task done in a process of its own, with the environment of a trainer.
 * @throws Error when TensorFlow is missing or the task fails.
 */
export async function runTask<J extends object, R>(program: TaskProgram, job: J): Promise<R> {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), [], {
    env: trainerEnvironment(),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  child.send(job)
  const answer = once(child, 'message') as Promise<[Answer<R>]>
  const ended = once(child, 'exit').then(([code, signal]): [Answer<R>] => [
    { failure: `The trainer ended without a result (${signal ?? `exit code ${code}`}).` },
  ])
  const [outcome] = await Promise.race([answer, ended])
  if ('failure' in outcome) throw new Error(outcome.failure)
  return outcome.result
}

/** The other end: receives one job, answers, and ends the process. */
export async function answerTask<J extends object, R>(work: (job: J) => Promise<R>): Promise<void> {
  const [job] = (await once(process, 'message')) as [J]
  const answer = await work(job).then(
    (result): Answer<R> => ({ result }),
    (error: unknown): Answer<R> => ({
      failure: error instanceof Error ? error.message : String(error),
    }),
  )
  process.send?.(answer, () => process.exit(0))
}

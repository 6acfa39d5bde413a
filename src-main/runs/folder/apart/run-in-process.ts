import { fork, type ChildProcess } from 'node:child_process'
import { entryPath } from '../../../base/processes/entry-path.ts'
import { nodeBinary } from '../../../base/processes/node-binary.ts'
import { WorkbenchError } from '../../../base/workbench-error.ts'
import type { Answer, FolderTask, FromTask, Question, ToTask } from './tasks.ts'

/** MB of JavaScript's objects. The largest file of an evaluation takes a few times its size. */
const HEAP = 1024
/** Milliseconds without a sign of life. */
const SILENCE = 120_000

/**
 * Does a task in a process of its own and answers what it asks.
 * @returns whether all videos that it asked for are in this project
 * @throws WorkbenchError where the files cannot be used, or ask for too much time or memory
 */
export async function workApart(
  task: FolderTask,
  answer: (question: Question) => Answer = () => [],
  signal?: AbortSignal,
): Promise<boolean> {
  signal?.throwIfAborted()
  const child = fork(entryPath('run-folder'), [], {
    execPath: nodeBinary(),
    execArgv: [`--max-old-space-size=${HEAP}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const kill = (): void => void child.kill('SIGKILL')
  signal?.addEventListener('abort', kill, { once: true })
  try {
    return await listen(child, task, answer)
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', kill)
    kill()
  }
}

function listen(
  child: ChildProcess,
  task: FolderTask,
  answer: (question: Question) => Answer,
): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  const send = (message: ToTask): void => void child.send(message, () => undefined)
  const silence = setTimeout(() => reject(stopped('made no progress')), SILENCE)
  child.on('message', (message: FromTask) => {
    silence.refresh()
    if (message.type === 'done') resolve(message.complete)
    else if (message.type === 'question') {
      send({ type: 'answer', answer: answer(message.question) })
    } else if (message.type === 'failed') {
      const { known, message: text } = message
      reject(known ? new WorkbenchError(text) : new Error(text))
    }
  })
  child.once('error', reject)
  child.once('exit', (code, signal) => {
    // V8 aborts a process whose objects need more than it may have.
    const isFull = signal === 'SIGABRT' || code === 134
    reject(stopped(isFull ? `needed more than ${HEAP} MB` : `ended with ${signal ?? code}`))
  })
  send({ type: 'task', task })
  return promise.finally(() => clearTimeout(silence))
}

function stopped(why: string): WorkbenchError {
  return new WorkbenchError(
    `Reading the run's files ${why} and was stopped. Export the run again and import the new folder.`,
  )
}

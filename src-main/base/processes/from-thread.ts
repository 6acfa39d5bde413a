import { once } from 'node:events'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { entryPath, type EntryName } from './entry-path.ts'
import { WorkbenchError } from '../workbench-error.ts'
import { threadFlags } from './thread-flags.ts'

/** What a thread says each time that it is asked for a piece. */
type Answer<Piece> =
  | { type: 'piece'; piece: Piece }
  | { type: 'end' }
  | { type: 'failed'; message: string; known: boolean }

/**
 * The pieces of something large, made by a thread of its own, so that making them does not hold up the
 * host. The thread makes a piece when the one before it has been taken, and ends when nobody wants more.
 * @param task cloned into the thread
 * @throws WorkbenchError as the thread does; the reason of `signal` when that aborts
 */
export async function* fromThread<Piece>(
  name: EntryName,
  task: unknown,
  signal?: AbortSignal,
): AsyncGenerator<Piece, void, undefined> {
  signal?.throwIfAborted()
  const worker = new Worker(entryPath(name), { workerData: task, execArgv: threadFlags() })
  const over = new AbortController()
  const ends = AbortSignal.any([over.signal, ...(signal ? [signal] : [])])
  const ended = exitOf(worker)
  try {
    for (;;) {
      const message = once(worker, 'message', { signal: ends }) as Promise<[Answer<Piece>]>
      worker.postMessage('next')
      const [answer] = await Promise.race([message, ended])
      if (answer.type === 'end') return
      if (answer.type === 'failed') throw errorOf(answer)
      yield answer.piece
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    over.abort()
    await worker.terminate()
  }
}

/** Rejects when the thread ends by itself. */
function exitOf(worker: Worker): Promise<never> {
  const ended = new Promise<never>((_, reject) => {
    worker.once('error', reject)
    worker.once('exit', () =>
      reject(new Error('A thread of the workbench ended early. Try again.')),
    )
  })
  ended.catch(() => undefined)
  return ended
}

function errorOf({ message, known }: { message: string; known: boolean }): Error {
  return known ? new WorkbenchError(message) : new Error(message)
}

/** In the thread: makes the pieces of its task as they are asked for. */
export async function answerHost<Task, Piece>(
  make: (task: Task) => AsyncIterable<Piece>,
): Promise<void> {
  if (!parentPort)
    throw new Error('This file is a thread of the workbench and cannot be run by itself.')
  const host = parentPort
  const tell = (answer: Answer<Piece>): void => host.postMessage(answer)
  let asked = once(host, 'message')
  try {
    await asked
    for await (const piece of make(workerData as Task)) {
      asked = once(host, 'message')
      tell({ type: 'piece', piece })
      await asked
    }
    tell({ type: 'end' })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    tell({ type: 'failed', message, known: error instanceof WorkbenchError })
  }
}

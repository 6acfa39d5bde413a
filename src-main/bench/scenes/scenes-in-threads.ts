import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'
import { entryPath } from '../../base/processes/entry-path.ts'
import { threadFlags } from '../../base/processes/thread-flags.ts'
import type { BenchProgress } from '../masks/bench-masks.ts'
import type { SceneTask } from './score-scene.ts'

export interface SceneThreads {
  threads?: number
  signal?: AbortSignal
  onProgress?: (progress: BenchProgress) => void
}

/**
 * Scores scenes in threads; the scores are in the order of the tasks.
 * @param name of the function of the threads' entry that scores one
 */
export async function scoreScenes<T>(
  name: 'scoreScene' | 'scoreClicks',
  tasks: readonly SceneTask[],
  { threads = availableParallelism(), signal, onProgress }: SceneThreads,
): Promise<T[]> {
  const started = performance.now()
  let done = 0
  const pool = new Piscina<SceneTask, T>({
    filename: entryPath('scene-scorer'),
    name,
    execArgv: threadFlags(),
    maxThreads: Math.min(threads, tasks.length),
  })
  try {
    return await Promise.all(
      tasks.map(async (task) => {
        const score = await pool.run(task, { signal })
        done++
        const rate = (1000 * done) / (performance.now() - started)
        const secondsLeft = (tasks.length - done) / rate
        onProgress?.({ done, total: tasks.length, rate, secondsLeft })
        return score
      }),
    )
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    await pool.destroy()
  }
}

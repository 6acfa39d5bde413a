import { Piscina } from 'piscina'
import { entryPath } from '../../base/processes/entry-path.ts'
import { threadFlags } from '../../base/processes/thread-flags.ts'
import type { DecodedCacheOptions } from './decoded-cache.ts'
import { flowFolderOfJob } from './flow-folder.ts'
import type { IndexedVideo } from './video-source.ts'

/** What every loader thread is given when it starts. */
export interface ThreadData {
  videos: IndexedVideo[]
  /** Null keeps no decoded videos on disk. */
  decodedCache: DecodedCacheOptions | null
  /** Absolute folder in which flow is kept; null keeps none on disk. */
  flowCache: string | null
  /** One int32: 1 once the pool is closing and no more is to be begun. */
  closing: SharedArrayBuffer
}

export interface ThreadPoolOptions {
  /** The function of `worker.ts` that does the tasks. */
  name:
    'prepareBatch' | 'prepareCentreClips' | 'prepareConditions' | 'prepareMasked' | 'prepareTracks'
  threads: number
  /** Videos that tasks name by position. */
  videos: IndexedVideo[]
  /** Default null. */
  decodedCache?: DecodedCacheOptions | null
  /** Default: that of the process's job, see `flow-folder.ts`. */
  flowCache?: string | null
}

/**
 * Loader threads. They are ended only when they rest: a thread that is ended inside FFmpeg takes the
 * whole process with it.
 */
export class ThreadPool<Task, Result> {
  private readonly pool: Piscina<Task, Result>
  private readonly closing = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  private readonly underWay = new Set<Promise<Result>>()

  constructor(options: ThreadPoolOptions) {
    const { name, threads, videos, decodedCache = null, flowCache = flowFolderOfJob() } = options
    const workerData: ThreadData = { videos, decodedCache, flowCache, closing: this.closing }
    this.pool = new Piscina<Task, Result>({
      filename: entryPath('loader-worker'),
      name,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: 2,
      // A thread that sleeps between tasks in `Atomics.wait` would not finish what it writes to disk.
      atomics: 'disabled',
      execArgv: threadFlags(),
      workerData,
    })
  }

  /** @throws Error when the task fails, or the pool closes. */
  async run(task: Task): Promise<Result> {
    checkOpen(this.closing)
    const running = this.pool.run(task)
    this.underWay.add(running)
    try {
      return await running
    } finally {
      this.underWay.delete(running)
    }
  }

  /** Ends the threads; what they are at is cut short, and fails. */
  async close(): Promise<void> {
    Atomics.store(new Int32Array(this.closing), 0, 1)
    await Promise.allSettled(this.underWay)
    await this.pool.destroy()
  }
}

/** @throws Error once the pool of these threads is closing. */
export function checkOpen(closing: SharedArrayBuffer): void {
  if (Atomics.load(new Int32Array(closing), 0) === 0) return
  throw new Error('The loader is closing, and this work is no longer needed.')
}

import { Worker } from 'node:worker_threads'
import { entryPath } from '../base/processes/entry-path.ts'
import { threadFlags } from '../base/processes/thread-flags.ts'
import { WorkbenchError } from '../base/workbench-error.ts'
import type { ListedDataset, ListRequest } from './formats.ts'
import type { ListedVideo } from './listing.ts'
import type { FromListing, ListingTask, ToListing } from './listing-protocol.ts'

/**
 * `listDataset` in a thread of its own, so that it holds nobody up and can be ended at any time.
 * @returns null when `signal` aborted
 * @throws WorkbenchError as `listDataset`
 */
export async function listApart(
  { folder, format, annotations, splitList }: ListRequest,
  signal: AbortSignal,
): Promise<ListedDataset | null> {
  const workerData: ListingTask = { folder, format, annotations, splitList }
  const worker = new Worker(entryPath('listing'), { workerData, execArgv: threadFlags() })
  const end = () => void worker.terminate()
  signal.addEventListener('abort', end, { once: true })
  try {
    return signal.aborted ? null : await receive(worker)
  } catch (error) {
    if (signal.aborted) return null
    throw error
  } finally {
    signal.removeEventListener('abort', end)
    await worker.terminate()
  }
}

function receive(worker: Worker): Promise<ListedDataset> {
  const { promise, resolve, reject } = Promise.withResolvers<ListedDataset>()
  const videos: ListedVideo[] = []
  worker.on('message', (message: FromListing) => {
    switch (message.type) {
      case 'videos':
        for (const video of message.videos) videos.push(video)
        return worker.postMessage('next' satisfies ToListing)
      case 'end':
        return resolve({ ...message.listing, videos })
      case 'failed':
        return reject(
          message.known ? new WorkbenchError(message.message) : new Error(message.message),
        )
    }
  })
  worker.once('error', reject)
  worker.once('exit', () => {
    reject(
      new Error('The thread that reads folders and lists ended early. Index the folder again.'),
    )
  })
  return promise
}

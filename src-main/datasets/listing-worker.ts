/** Entry of the thread that reads a data set's folders and lists: a quarter million lines take a while. */
import { parentPort, workerData } from 'node:worker_threads'
import { WorkbenchError } from '../base/workbench-error.ts'
import { listDataset } from './formats.ts'
import type { FromListing, ListingTask } from './listing-protocol.ts'

/** Videos in a piece: some 2 ms to take in. */
const PIECE = 1000

if (!parentPort)
  throw new Error('This file is a thread of the workbench and cannot be run by itself.')
const host = parentPort

function tell(message: FromListing): void {
  host.postMessage(message)
}

function taken(): Promise<unknown> {
  return new Promise((resolve) => host.once('message', resolve))
}

try {
  const { videos, ...listing } = await listDataset(workerData as ListingTask)
  for (let at = 0; at < videos.length; at += PIECE) {
    const next = taken()
    tell({ type: 'videos', videos: videos.slice(at, at + PIECE) })
    await next
  }
  tell({ type: 'end', listing })
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  tell({ type: 'failed', message, known: error instanceof WorkbenchError })
}

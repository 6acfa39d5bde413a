import type { ListedDataset, ListRequest } from './formats.ts'
import type { ListedVideo } from './listing.ts'

/** What the thread is started with. */
export type ListingTask = ListRequest

/**
 * Thread to host. Videos come in pieces, each sent when the one before has been taken, so that taking
 * them never holds the host up.
 */
export type FromListing =
  | { type: 'videos'; videos: ListedVideo[] }
  | { type: 'end'; listing: Omit<ListedDataset, 'videos'> }
  /** `known` for a WorkbenchError, whose message is for people. */
  | { type: 'failed'; message: string; known: boolean }

/** Host to thread: the piece has been taken. */
export type ToListing = 'next'

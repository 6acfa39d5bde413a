/**
 * What the processes of one training say to each other. All of them make the same calls in the same
 * order, with arrays of the same length; every call but `startSum` waits for the others.
 */
export interface Collective {
  /** Which of the processes this one is, from 0 on. Rank 0 alone writes to the project. */
  readonly rank: number
  /** How many processes there are. */
  readonly size: number
  /**
   * Adds up an array over all ranks, in place. The sums are equal to the bit on all ranks.
   * @throws CollectiveError when a rank is gone or does not answer; so do all calls
   */
  sum(values: Float32Array): void
  /** The arrays [n] of all ranks one behind the other, in rank order: [size * n]. */
  gather(values: Float32Array): Float32Array
  /** Memory that `startSum` takes. */
  allocate(length: number): Float32Array<SharedArrayBuffer>
  /**
   * Begins to add up an array over all ranks, in place, while the caller goes on with other work. Leave
   * the array alone until `wait` has returned. Sums travel as the run's `wire` says.
   * @param values all or a part of what `allocate` gave
   */
  startSum(values: Float32Array<SharedArrayBuffer>): PendingSum
  /** Rank 0's bytes, at every rank. @param bytes what rank 0 sends; the others' are not read */
  broadcast(bytes: Uint8Array): Uint8Array
  /** Leaves the others: call it once, when all of them do. */
  close(): Promise<void>
}

/** A sum under way. */
export interface PendingSum {
  wait(): void
}

/** A rank is gone or stands still: what happened and what to do. */
export class CollectiveError extends Error {
  override readonly name = 'CollectiveError'
}

/** There is no Open MPI here, so that starting again does not help. */
export class MissingMpiError extends CollectiveError {}

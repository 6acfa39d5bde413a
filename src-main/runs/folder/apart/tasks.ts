import type { Run } from '#shared/contract/runs.ts'

/**
 * What a process of its own does with files of an exported run, since files from elsewhere may ask
 * for any amount of time and memory.
 */
export type FolderTask =
  /** Checks a database of rows, and brings it to this workbench's schema. */
  | { type: 'check-rows'; file: string; run: Run['id'] }
  /** Writes the paths of all videos that an evaluation's files name. */
  | { type: 'write-paths'; folder: string; to: string }
  /** Rewrites an evaluation's files with the numbers that videos have in this project. */
  | { type: 'renumber'; folder: string; originals: string; paths: string }

/** What the process asks of the host, a piece at a time. */
export type Question =
  /** Paths of videos by their numbers in this project; null for one that is not there. */
  | { ids: number[] }
  /** The other way round, in the data set that the evaluation is of. */
  | { paths: string[] }

export type Answer = (number | string | null)[]

export type FromTask =
  | { type: 'question'; question: Question }
  /** Every second while its event loop turns. */
  | { type: 'alive' }
  /** `complete` is false where some videos are not in this project. */
  | { type: 'done'; complete: boolean }
  /** `known` for an error whose message is for people. */
  | { type: 'failed'; message: string; known: boolean }

export type ToTask = { type: 'task'; task: FolderTask } | { type: 'answer'; answer: Answer }

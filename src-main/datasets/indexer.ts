import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { JobEvent } from '#shared/contract/videos.ts'
import type { Store } from '../store/store.ts'
import type { ListedDataset, ListRequest } from './formats.ts'
import { listApart } from './list-in-worker.ts'
import { IndexPass, type Prober } from './index-pass.ts'
import { RateMeter } from '../base/async/rate-meter.ts'

export interface IndexOptions extends ListRequest {
  store: Store
  decoder: Prober
  /** Ends the indexing early; what is indexed stays, and the next indexing goes on from there. */
  signal?: AbortSignal
  /** Decode every video that has not been decoded through yet. Default false. */
  verify?: boolean
  /** Frames a second of folders of frames. Without it as before, at first `FRAME_RATE`. */
  frameRate?: number
}

/** Time between two progress events, in ms. */
const EVERY = 200

/**
 * Indexes a data set's folder: every video gets a row, a damaged one with its error. Files whose
 * size and time of change are as stored are not read again, except where what failed may not have
 * been the file. A file that has moved within the folder keeps its row. Ends with `done`, or without it when it is cancelled by `signal` or by
 * leaving the iteration.
 * @throws WorkbenchError when the folder does not hold such a data set, or which cannot be told.
 */
export async function* indexDataset(
  options: IndexOptions,
): AsyncGenerator<JobEvent, void, undefined> {
  const { store, decoder, verify } = options
  const begun = performance.now()
  const listing = yield* listed(options)
  if (listing === null) return
  const { name, folder, format, annotations, splitList, counts: warnings } = listing
  if (listing.note !== null) yield { type: 'note', message: listing.note }
  if (listing.hidden.length > 0) yield { type: 'note', message: hiddenNote(listing.hidden) }
  for (const message of listing.warnings) yield { type: 'warning', message }
  const known = store.datasets.frameRate(folder)
  const { frameRate = known } = options
  const rate = { frameRate, changed: frameRate !== known }
  const row = { name, folder, format, annotations, splitList, frameRate: options.frameRate ?? null }
  const datasetId = store.datasets.ensure(row)
  const left = new AbortController()
  const signal = endedBy(options.signal, left)
  const pass = new IndexPass({ store, decoder, datasetId, listing, signal, verify, rate })
  const work = pass.run()
  try {
    yield* progress(pass, work)
    await work
    if (signal.aborted) return
    const seconds = (performance.now() - begun) / 1000
    const { total, errors, frameFolders } = pass
    yield {
      type: 'done',
      total,
      errors,
      seconds,
      datasetId,
      format,
      warnings,
      ...(frameFolders > 0 && { frameFolders: { videos: frameFolders, frameRate } }),
    }
  } finally {
    left.abort()
    await work.catch(() => undefined)
  }
}

/** The listing, and signs of life until it is there; null when it was cancelled. */
async function* listed(
  options: IndexOptions,
): AsyncGenerator<JobEvent, ListedDataset | null, undefined> {
  const left = new AbortController()
  const listing = listApart(options, endedBy(options.signal, left))
  const phase = 'Reading folders and lists'
  const nothing = { done: 0, total: 0, rate: 0, secondsLeft: null, errors: 0 }
  try {
    while (!(await isOver(listing))) yield { type: 'progress', phase, ...nothing }
    return await listing
  } finally {
    left.abort()
    await listing.catch(() => undefined)
  }
}

function endedBy(signal: AbortSignal | undefined, left: AbortController): AbortSignal {
  return signal ? AbortSignal.any([signal, left.signal]) : left.signal
}

/** Waits until `work` has ended, in whatever way, or for a while: has it ended? */
function isOver(work: Promise<unknown>): Promise<boolean> {
  const over = work.then(
    () => true,
    () => true,
  )
  return Promise.race([over, delay(EVERY, false)])
}

/** Hidden folders that are named one by one. */
const NAMED = 3

function hiddenNote(folders: readonly string[]): string {
  const more = folders.length - NAMED
  const names = [...folders.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ')
  return `Hidden folders are skipped: ${names}. Rename those with videos of the data set.`
}

/** Progress events until the work has ended. */
async function* progress(
  pass: IndexPass,
  work: Promise<void>,
): AsyncGenerator<JobEvent, void, undefined> {
  const meter = new RateMeter()
  for (let ended = false; ;) {
    const { done, total, errors } = pass
    const { rate, secondsLeft } = meter.measure(done, total, performance.now())
    yield { type: 'progress', phase: 'Indexing videos', done, total, rate, secondsLeft, errors }
    if (ended) return
    ended = await isOver(work)
  }
}

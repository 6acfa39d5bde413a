import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import type { Store } from '../store/store.ts'
import type { IndexedVideo, Placement } from '../store/videos.ts'
import type { ListedVideo, Listing } from './listing.ts'

/** What reading a video through tells. A damaged one has an `error`. */
export type Probed = Pick<
  IndexedVideo,
  'frames' | 'fps' | 'width' | 'height' | 'duration' | 'codec' | 'error'
>

/** Reads videos elsewhere: never in the host's own process. */
export interface Prober {
  /** Rejects when the file could not be read at all, not in `timeout` ms, or `signal` aborted. */
  probe(path: string, options: { signal: AbortSignal; timeout: number }): Promise<Probed>
}

export interface IndexPassOptions {
  store: Store
  decoder: Prober
  datasetId: number
  listing: Listing
  signal: AbortSignal
}

/** Videos under way at a time; the decoder shares them among its processes. */
const PARALLEL = 8
/**
 * Time that a file has, in ms: a video is decoded whole, a long one at full size at some MB a second
 * on a busy machine. Too little would call whole files damaged.
 */
const PROBE_BASE = 30_000
const PROBE_PER_MEGABYTE = 1000
/** Rows a commit. */
const BATCH = 50
/** Time that rows wait for a full batch, in ms. */
const BATCH_WAIT = 1000

const nothing: Probed = {
  frames: null,
  fps: null,
  width: null,
  height: null,
  duration: null,
  codec: null,
  error: null,
}

/** One walk over all files of a data set. */
export class IndexPass {
  readonly total: number
  /** Files dealt with. */
  done = 0
  /** Files that could not be read. */
  errors = 0
  private readonly options: IndexPassOptions
  private rows: IndexedVideo[] = []
  private places: Placement[] = []
  private written = 0

  constructor(options: IndexPassOptions) {
    this.options = options
    this.total = options.listing.videos.length
  }

  /** Resolves when all files are indexed, or when the signal has aborted and all is written. */
  async run(): Promise<void> {
    const { listing, signal } = this.options
    const remaining = listing.videos.values()
    const worker = async (): Promise<void> => {
      for (const video of remaining) {
        if (signal.aborted) return
        await this.index(video)
      }
    }
    this.written = Date.now()
    try {
      await Promise.all(Array.from({ length: PARALLEL }, worker))
    } finally {
      this.write()
    }
    if (!signal.aborted) await this.markLost()
  }

  private async index(video: ListedVideo): Promise<void> {
    const { store, datasetId, listing, signal } = this.options
    const file = join(listing.folder, video.path)
    const found = await stat(file).catch(() => null)
    const known = store.videos.known(datasetId, video.path)
    const same =
      found !== null &&
      known?.error === null &&
      known.size === found.size &&
      known.modified === found.mtimeMs
    if (!same) {
      const probed = await this.probe(file, found?.size ?? 0)
      if (signal.aborted) return
      if (probed.error !== null) this.errors++
      const { size = null, mtimeMs: modified = null } = found ?? {}
      this.rows.push({ ...probed, ...video, size, modified })
    } else if (known.class !== video.class || known.split !== video.split) {
      this.places.push(video)
    }
    this.done++
    this.writeWhenDue()
  }

  private async probe(file: string, size: number): Promise<Probed> {
    try {
      const { decoder, signal } = this.options
      const timeout = PROBE_BASE + (PROBE_PER_MEGABYTE * size) / 1e6
      const { frames, fps, width, height, duration, codec, error } = await decoder.probe(file, {
        signal,
        timeout,
      })
      return { frames, fps, width, height, duration, codec, error }
    } catch (error) {
      return { ...nothing, error: error instanceof Error ? error.message : String(error) }
    }
  }

  private writeWhenDue(): void {
    const full = this.rows.length >= BATCH || this.places.length >= BATCH
    if (full || Date.now() - this.written >= BATCH_WAIT) this.write()
  }

  private write(): void {
    const { store, datasetId } = this.options
    if (this.rows.length > 0) store.videos.write(datasetId, this.rows)
    if (this.places.length > 0) store.videos.writePlaces(datasetId, this.places)
    this.rows = []
    this.places = []
    this.written = Date.now()
  }

  /** Rows whose files are gone stay, since work may hang on them, and say so. */
  private async markLost(): Promise<void> {
    const { store, datasetId, listing } = this.options
    const listed = new Set(listing.videos.map(({ path }) => path))
    const known = (path: string): boolean =>
      listed.has(path) || listing.unread.some((folder) => path.startsWith(`${folder}/`))
    for (const page of store.videos.pages({ datasetId })) {
      await breathe()
      const lost = page.filter(({ path }) => !known(path))
      if (lost.length === 0) continue
      const message = 'The file is gone. Put it back and index the folder again.'
      store.videos.writeLost(
        lost.map(({ id }) => id),
        message,
      )
    }
  }
}

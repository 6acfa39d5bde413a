import { stat, type Stats } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Video } from '#shared/contract/videos.ts'
import { READING } from '../base/reading.ts'
import type { Store } from '../store/store.ts'
import type { IndexedVideo, KnownVideo } from '../store/video-rows.ts'
import { VideoError } from '../video/video-error.ts'
import { IndexBatch } from './index-batch.ts'
import { KnownFiles } from './known-files.ts'
import type { ListedVideo, Listing } from './listing.ts'

/** What reading a file tells. A damaged one has an `error`. */
export type Probed = Omit<
  IndexedVideo,
  'path' | 'class' | 'split' | 'size' | 'modified' | 'movedFrom'
> &
  Partial<Pick<IndexedVideo, 'size'>>

/** Reads videos elsewhere: never in the host's own process. */
export interface Prober {
  /**
   * Rejects when the file could not be read at all or `signal` aborted. With `verify` the whole video
   * is decoded.
   */
  probe(path: string, options: { signal: AbortSignal; verify: boolean }): Promise<Probed>
}

export interface IndexPassOptions {
  store: Store
  decoder: Prober
  datasetId: number
  listing: Listing
  signal: AbortSignal
  /** Decode every video that has not been decoded through yet. Default false. */
  verify?: boolean
  /** Frames a second of folders of frames, and whether it is another than at the last indexing. */
  rate: { frameRate: number; changed: boolean }
}

/** Files read at a time: enough to keep the disk and the decoder processes busy. */
const PARALLEL = 32
/** Errors that lie in the file's own bytes: it is not read again until it changes. */
const LASTING: ReadonlySet<Video['errorKind']> = new Set([
  'empty',
  'not-video',
  'no-video-stream',
  'unsupported-codec',
  'no-frame',
  'damaged',
])

const nothing: Probed = {
  frames: null,
  fps: null,
  width: null,
  height: null,
  duration: null,
  codec: null,
  error: null,
}

// The callback form costs half of what the promise form of `stat` does.
const statFile = promisify(stat)

/** One walk over all files of a data set. */
export class IndexPass {
  readonly total: number
  /** Files dealt with. */
  done = 0
  /** Files that could not be read. */
  errors = 0
  /** Videos that are folders of frames. */
  frameFolders = 0
  private readonly options: IndexPassOptions
  private readonly batch: IndexBatch
  private readonly known = new KnownFiles()

  constructor(options: IndexPassOptions) {
    const { store, datasetId, listing } = options
    this.options = options
    this.total = listing.videos.length
    this.batch = new IndexBatch(store, datasetId)
  }

  /** Resolves when all files are indexed, or when the signal has aborted and all is written. */
  async run(): Promise<void> {
    const { store, datasetId, listing, signal } = this.options
    await this.known.list(listing.videos)
    for (const page of store.videos.known(datasetId)) {
      this.known.add(page)
      await breathe()
    }
    const remaining = listing.videos.values()
    const worker = async (): Promise<void> => {
      for (const video of remaining) {
        if (signal.aborted) return
        await this.index(video)
      }
    }
    try {
      await Promise.all(Array.from({ length: PARALLEL }, worker))
    } finally {
      this.batch.write()
    }
    if (!signal.aborted) await this.batch.markVanished(this.known.vanished(listing.unread))
  }

  private async index(video: ListedVideo): Promise<void> {
    const { listing, signal } = this.options
    const file = join(listing.folder, video.path)
    const found = await statFile(file).catch(() => null)
    const known = this.known.at(video.path)
    const isStale = this.options.rate.changed && found?.isDirectory() === true
    const same =
      known !== undefined && found && !isStale && isOf(found, known) && this.isSettled(known)
    if (same) {
      this.keep(video, known)
    } else {
      const probed = await this.probe(file)
      if (signal.aborted) return
      if (found && probed.hash) await this.followSwap(video.path, probed.hash, found)
      this.take(video, probed, found)
    }
    this.done++
    if (found?.isDirectory()) this.frameFolders++
    this.batch.writeWhenDue()
  }

  /** Is what is stored of an unchanged file all that reading it again would tell? */
  private isSettled({ error, errorKind, hash, verified, reading }: KnownVideo): boolean {
    if (reading !== READING) return false
    if (error !== null) return LASTING.has(errorKind)
    return hash !== null && (verified || this.options.verify !== true)
  }

  private keep(video: ListedVideo, known: KnownVideo): void {
    if (known.error !== null) this.errors++
    if (known.class !== video.class || known.split !== video.split) this.batch.place(video)
  }

  private take(video: ListedVideo, probed: Probed, found: Stats | null): void {
    const known = this.known.at(video.path)
    if (probed.error !== null) this.errors++
    const size = (found?.isDirectory() ? probed.size : found?.size) ?? null
    const modified = found?.mtimeMs ?? null
    const hash = probed.hash ?? known?.hash ?? null
    const wasVerified = known?.verified && known.hash === probed.hash && probed.error === null
    const verified = probed.verified === true || (wasVerified ?? false)
    const before = known || hash === null ? undefined : this.known.claim(hash, size, video.path)
    const movedFrom = before && { movedFrom: before.path }
    const timed = found?.isDirectory() ? this.timed(probed) : null
    this.batch.add({ ...probed, ...timed, ...video, hash, size, modified, verified, ...movedFrom })
  }

  /** Pictures do not say how fast they follow each other. */
  private timed({ frames }: Probed): Pick<Probed, 'fps' | 'duration'> {
    const { frameRate: fps } = this.options.rate
    return { fps, duration: frames === null ? null : frames / fps }
  }

  /** Where the file at `path` has swapped names with another, both rows get the paths of their files. */
  private async followSwap(path: string, hash: string, found: Stats): Promise<void> {
    const { store, datasetId, listing } = this.options
    const here = this.known.at(path)
    const there = this.known.double(hash, path)
    if (!here || !there || here.hash === hash || !isOf(found, there)) return
    const other = await statFile(join(listing.folder, there.path)).catch(() => null)
    const unmoved = this.known.at(path) === here && this.known.at(there.path) === there
    if (!other || !unmoved || !isOf(other, here)) return
    store.videos.swap(datasetId, here.path, there.path)
    this.known.swap(here, there)
  }

  private async probe(file: string): Promise<Probed> {
    try {
      const { decoder, signal, verify = false } = this.options
      return await decoder.probe(file, { signal, verify })
    } catch (error) {
      const errorKind = error instanceof VideoError ? error.kind : null
      return {
        ...nothing,
        error: error instanceof Error ? error.message : String(error),
        errorKind,
      }
    }
  }
}

/** Are size and time of change those of the row? The size of a folder says nothing of its frames. */
function isOf(found: Stats, row: KnownVideo): boolean {
  return (found.isDirectory() || row.size === found.size) && row.modified === found.mtimeMs
}

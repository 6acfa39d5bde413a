import { createHash } from 'node:crypto'
import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  bytesOf,
  KEPT_SHARE,
  listCached,
  surplus,
  type CachedFile,
} from '../../base/files/disk-cache.ts'
import { DecodedFile, DecodedWriter, HEADER_BYTES, PARTIAL } from './decoded-file.ts'

export interface DecodedCacheOptions {
  /** Absolute; made when the first video is kept. */
  folder: string
  /** Bytes. */
  limit: number
  /** Milliseconds since 1970: videos used since then do not give way to others. */
  since: number
}

/** Share of what is free that is filled before the folder is looked at again. */
const ALLOWANCE = 1 / 16
/** Milliseconds after which a file that was not finished belongs to nobody. */
const ABANDONED = 600_000

const SUFFIX = '.rgb'

/**
 * Decoded videos on disk, u8 RGB as decoded, for loader threads of any number of processes. A file is
 * named after the path, size and time of change of its video and appears when it is whole. Videos not
 * used for longest give way, but not those used since `since`: where a run's own videos do not all
 * fit, those that do stay, since each is wanted once an epoch. No `DiskCache`: several processes fill
 * the folder at once, in pieces, and read frame by frame.
 */
export class DecodedCache {
  private readonly options: DecodedCacheOptions
  /** Bytes that may be written before the folder is looked at again. */
  private allowance = 0
  /** Nothing more fits, or the disk does not take it. */
  private closed = false
  private failed = false

  constructor(options: DecodedCacheOptions) {
    this.options = options
  }

  /** Has the disk not taken what it was given? */
  get hasFailed(): boolean {
    return this.failed
  }

  /** The decoded frames of a video, to be closed; null where they are not kept. */
  open(video: string): DecodedFile | null {
    const path = this.pathOf(video)
    return path === null ? null : DecodedFile.open(path)
  }

  /**
   * Begins to keep a video; null where there is no room for it.
   * @param bytes of all its frames
   * @throws Error of the file system, after which nothing more is kept
   */
  begin(video: string, bytes: number): DecodedWriter | null {
    const path = this.closed ? null : this.pathOf(video)
    if (path === null || !this.hasRoom(bytes + HEADER_BYTES)) return null
    try {
      return new DecodedWriter(path, bytes + HEADER_BYTES, () => this.fail())
    } catch (error) {
      this.fail()
      throw error
    }
  }

  private fail(): void {
    this.failed = true
    this.closed = true
  }

  private pathOf(video: string): string | null {
    const stats = statSync(video, { throwIfNoEntry: false })
    if (!stats) return null
    const key = JSON.stringify([video, stats.size, stats.mtimeMs])
    const name = createHash('sha256').update(key).digest('hex').slice(0, 40)
    return join(this.options.folder, name.slice(0, 2), name + SUFFIX)
  }

  private hasRoom(bytes: number): boolean {
    if (bytes > this.allowance) {
      const free = this.makeRoom(bytes)
      if (free < bytes) {
        // Videos of other sizes may fit, but hardly many.
        this.closed = bytes <= this.options.limit
        return false
      }
      this.allowance = Math.max(bytes, free * ALLOWANCE)
    }
    this.allowance -= bytes
    return true
  }

  /** Removes what was not used for longest where `bytes` do not fit; returns what is free then. */
  private makeRoom(bytes: number): number {
    const { limit, since } = this.options
    const files = listCached(this.options.folder)
    const free = limit - bytesOf(files)
    if (bytes <= free) return free
    const isIdle = ({ path, used }: CachedFile): boolean =>
      path.endsWith(PARTIAL) ? used < Date.now() - ABANDONED : used < since
    const going = surplus(files, limit * KEPT_SHARE - bytes, isIdle)
    for (const { path } of going) rmSync(path, { force: true })
    return free + bytesOf(going)
  }
}

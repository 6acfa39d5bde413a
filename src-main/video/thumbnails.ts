import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { READING } from '../base/reading.ts'
import type { DecoderPool } from './decoder-pool.ts'
import { DiskCache } from '../base/files/disk-cache.ts'
import { VideoError } from './video-error.ts'

/** Pixels; a grid cell on a dense display. */
export const THUMBNAIL_WIDTH = 256
/** Bytes on disk: some 50,000 thumbnails. */
const LIMIT = 512e6

/**
 * Thumbnails on disk, made when first asked for, the latest used up to a limit. The name of each is a
 * hash of the video's path, size and time of change and of the rules by which it was read, so a
 * changed video gets a new one.
 */
export class Thumbnails {
  private readonly cache: DiskCache
  private readonly pool: Pick<DecoderPool, 'thumbnail'>

  /** `folder` is made when the first thumbnail is; `limit` is in bytes. */
  constructor(
    folder: string,
    pool: Pick<DecoderPool, 'thumbnail'>,
    { limit = LIMIT }: { limit?: number } = {},
  ) {
    this.cache = new DiskCache(folder, limit)
    this.pool = pool
  }

  /**
   * JPEG of a frame from the middle of the video at `path` (absolute).
   * @throws VideoError when the video gives none
   */
  async get(
    path: string,
    { width = THUMBNAIL_WIDTH, signal }: { width?: number; signal?: AbortSignal } = {},
  ): Promise<Uint8Array> {
    const name = await nameFor(path, width)
    const kept = await this.cache.get(name)
    if (kept) return kept
    const picture = await this.pool.thumbnail(path, { width, ...(signal && { signal }) })
    await this.cache.put(name, picture)
    return picture
  }
}

async function nameFor(path: string, width: number): Promise<string> {
  const stats = await stat(path).catch(() => null)
  if (!stats) {
    throw new VideoError(
      'unreadable',
      `There is no file ${path}. Put it back, or index its folder again.`,
    )
  }
  const key = JSON.stringify([path, stats.size, stats.mtimeMs, width, READING])
  const name = createHash('sha256').update(key).digest('hex').slice(0, 40)
  return join(name.slice(0, 2), `${name}.jpg`)
}

import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { DecoderPool } from './decoder-pool.ts'
import { VideoError } from './video-error.ts'

/** Pixels; a grid cell on a dense display. */
export const THUMBNAIL_WIDTH = 256

/**
 * Thumbnails on disk, made when first asked for. The name of each is a hash of the video's path,
 * size and time of change, so a changed video gets a new one.
 */
export class Thumbnails {
  private readonly folder: string
  private readonly pool: Pick<DecoderPool, 'thumbnail'>

  /** `folder` is made when the first thumbnail is. */
  constructor(folder: string, pool: Pick<DecoderPool, 'thumbnail'>) {
    this.folder = folder
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
    const file = await this.fileFor(path, width)
    const kept = await readFile(file).catch(() => null)
    if (kept) return kept
    const picture = await this.pool.thumbnail(path, { width, ...(signal && { signal }) })
    await keep(file, picture)
    return picture
  }

  private async fileFor(path: string, width: number): Promise<string> {
    const stats = await stat(path).catch(() => null)
    if (!stats) {
      throw new VideoError('unreadable', `There is no file ${path}; put it back or index again.`)
    }
    const key = JSON.stringify([path, stats.size, stats.mtimeMs, width])
    const name = createHash('sha256').update(key).digest('hex').slice(0, 40)
    return join(this.folder, name.slice(0, 2), `${name}.jpg`)
  }
}

/** Written beside and renamed: a reader never sees half a picture. */
async function keep(file: string, picture: Uint8Array): Promise<void> {
  const partial = `${file}.${randomUUID()}.part`
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(partial, picture)
    await rename(partial, file)
  } catch {
    // A full or read-only disk costs the cache, not the picture.
    await rm(partial, { force: true }).catch(() => undefined)
  }
}

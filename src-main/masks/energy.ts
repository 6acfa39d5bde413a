import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { EnergyPiece } from '#shared/contract/mask-windows.ts'
import { READING } from '../base/reading.ts'
import { storageError } from '../store/storage-error.ts'
import type { VideoTable } from '../store/videos.ts'
import { DecoderPool } from '../video/decoder-pool.ts'
import { DiskCache } from '../base/files/disk-cache.ts'
import { VideoError } from '../video/video-error.ts'

/** Milliseconds of decoding a piece; the first is short, so that something shows at once. */
const FIRST_PIECE = 50
const PIECE = 250
/** Values a piece of what is known already. */
const KNOWN_PIECE = 8192
/** Bytes on disk: some 16 million frames. */
const LIMIT = 64e6

/** Motion energy of whole videos, measured in a decoder process of its own and kept on disk. */
export class MotionEnergy {
  private readonly cache: DiskCache
  private readonly videos: VideoTable
  private readonly decoder = new DecoderPool({ size: 1, background: true })

  /** @param folder made when the first file is kept */
  constructor(folder: string, videos: VideoTable) {
    this.cache = new DiskCache(folder, LIMIT)
    this.videos = videos
  }

  /**
   * The energy of every frame, piece by piece; leaving the iteration stops the decoding. A video that
   * was decoded whole this way is verified.
   * @throws VideoError when the video cannot be decoded
   */
  async *of(
    videoId: number,
    file: string,
    signal?: AbortSignal,
  ): AsyncGenerator<EnergyPiece, void, undefined> {
    const name = await nameOf(file, this.videos.identity(videoId).hash)
    const kept = await this.cache.get(name)
    if (kept) yield* pieces(new Float32Array(new Uint8Array(kept).buffer))
    else yield* this.measure(videoId, file, name, signal)
  }

  close(): void {
    this.decoder.close()
  }

  private async *measure(
    videoId: number,
    file: string,
    name: string,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<EnergyPiece, void, undefined> {
    const { frames: expected } = this.videos.get(videoId)
    const all: number[] = []
    for (let ended = false; !ended;) {
      const from = all.length
      const milliseconds = from === 0 ? FIRST_PIECE : PIECE
      const piece = await this.decoder.run('energy', { path: file, from, milliseconds }, { signal })
      ended = piece.ended
      for (const value of piece.values) all.push(value)
      const frames = ended ? all.length : Math.max(expected ?? 0, all.length)
      yield { from, values: piece.values, frames }
      if (ended && !piece.damaged) await this.verify(videoId, file, all.length)
    }
    const values = Float32Array.from(all)
    await this.cache.put(name, new Uint8Array(values.buffer))
  }

  /** Only what the index knows: a file that has changed since is read again by the next indexing. */
  private async verify(videoId: number, file: string, frames: number): Promise<void> {
    const { size, modified } = this.videos.identity(videoId)
    const found = await stat(file).catch(() => null)
    if (found?.size !== size || found.mtimeMs !== modified) return
    try {
      this.videos.verify(videoId, frames)
    } catch (error) {
      // The mark is a by-product: a full disk must not take the view away.
      if (!storageError(error)) throw error
    }
  }
}

function* pieces(values: Float32Array): Generator<EnergyPiece, void, undefined> {
  for (let from = 0; from < values.length; from += KNOWN_PIECE) {
    const piece = values.subarray(from, from + KNOWN_PIECE)
    yield { from, values: [...piece], frames: values.length }
  }
}

/** By content where the index knows it, so that a file that moves keeps its energy. */
async function nameOf(file: string, hash: string | null): Promise<string> {
  const { size, mtimeMs } = await stat(file).catch(() => {
    throw new VideoError(
      'unreadable',
      `There is no file ${file}. Put it back, or index its folder again.`,
    )
  })
  const key = JSON.stringify([...(hash === null ? [file, size, mtimeMs] : [hash, size]), READING])
  const name = createHash('sha256').update(key).digest('hex').slice(0, 40)
  return join(name.slice(0, 2), `${name}.f32`)
}

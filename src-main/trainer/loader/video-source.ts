import { basename } from 'node:path'
import type { ByteClip } from '#shared/fame/clip.ts'
import { VideoReader } from '../../video/reader.ts'
import type { TrainerVideo } from '../protocol.ts'
import type { DecodedVideo } from './batch-task.ts'

/** A larger video is read clip by clip and not kept. */
const KEPT_BYTES = 16 * 2 ** 20

/** A video as the index knows it. */
export type IndexedVideo = Pick<TrainerVideo, 'path' | 'frames' | 'beta' | 'windows'>

/** Gives the frames of videos, decoded or from memory, and passes over those that are damaged. */
export class VideoSource {
  /** Videos decoded here that are worth keeping. */
  readonly fresh: { video: number; decoded: DecodedVideo }[] = []
  readonly warnings: string[] = []
  private readonly videos: readonly IndexedVideo[]
  private readonly known: ReadonlyMap<number, DecodedVideo>
  private readonly keep: boolean

  constructor(
    videos: readonly IndexedVideo[],
    known: ReadonlyMap<number, DecodedVideo>,
    keep: boolean,
  ) {
    this.videos = videos
    this.known = known
    this.keep = keep
  }

  /**
   * Opens a video, or the next one in the list that can be opened, and hands it to `use` with its
   * position.
   * @throws Error when none can be read.
   */
  read<T>(
    video: number,
    use: (frames: FrameReader, video: IndexedVideo, position: number) => T,
  ): T {
    for (let tried = 0; tried < this.videos.length; tried++) {
      const candidate = (video + tried) % this.videos.length
      try {
        return this.readOne(candidate, (frames) => use(frames, this.videos[candidate], candidate))
      } catch (error) {
        this.warnings.push(
          `${basename(this.videos[candidate].path)} is left out: ${describe(error)}`,
        )
      }
    }
    throw new Error('Not one of the training videos can be read. Index the data set again.')
  }

  private readOne<T>(video: number, use: (frames: FrameReader) => T): T {
    const known = this.known.get(video)
    if (known) return use(new MemoryFrames(known))
    const reader = VideoReader.open(this.videos[video].path)
    try {
      const { width, height, headerFrames } = reader.info
      const small = (headerFrames ?? Infinity) * width * height * 3 <= KEPT_BYTES
      if (!this.keep || !small) return use(new FileFrames(reader, this.videos[video].frames))
      const decoded = share(reader)
      this.fresh.push({ video, decoded })
      return use(new MemoryFrames(decoded))
    } finally {
      reader.close()
    }
  }
}

/** Frames of one video by number, counted as decoded. */
export interface FrameReader {
  /** Frames in the whole video. */
  count(): number
  /** u8 RGB [n, H, W, 3] */
  pick(indices: readonly number[]): ByteClip
}

class MemoryFrames implements FrameReader {
  private readonly video: DecodedVideo
  private readonly bytes: Uint8Array

  constructor(video: DecodedVideo) {
    this.video = video
    this.bytes = new Uint8Array(video.data)
  }

  count(): number {
    return this.video.frames
  }

  pick(indices: readonly number[]): ByteClip {
    const { width, height } = this.video
    const size = width * height * 3
    const data = new Uint8Array(indices.length * size)
    indices.forEach((index, i) => {
      data.set(this.bytes.subarray(index * size, (index + 1) * size), i * size)
    })
    return { data, frames: indices.length, width, height }
  }
}

class FileFrames implements FrameReader {
  private readonly reader: VideoReader
  private readonly frames: number

  constructor(reader: VideoReader, frames: number) {
    this.reader = reader
    this.frames = frames
  }

  count(): number {
    return this.frames
  }

  pick(indices: readonly number[]): ByteClip {
    return this.reader.readFrames(indices)
  }
}

function share(reader: VideoReader): DecodedVideo {
  const { data, frames, width, height } = reader.readAll()
  const shared = new SharedArrayBuffer(data.length)
  new Uint8Array(shared).set(data)
  return { data: shared, frames, width, height }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

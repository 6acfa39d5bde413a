import { basename } from 'node:path'
import { FramePicker, type UsePicture } from '../../video/frame-picker.ts'
import type { FramePlan } from '../../video/frame-plan.ts'
import type { PlanCache } from '../../video/plan-cache.ts'
import { VideoReader } from '../../video/reader.ts'
import type { TrainerVideo } from '../process/messages.ts'
import type { DecodedVideo } from './batch-task.ts'
import type { DecodedCache } from './decoded-cache.ts'
import type { DecodedFile } from './decoded-file.ts'
import type { FlowFrames } from './flow-frames.ts'

/** A larger video is read clip by clip and not kept. */
const KEPT_BYTES = 16 * 2 ** 20

/** A video as the index knows it. */
export type IndexedVideo = Pick<TrainerVideo, 'path' | 'frames' | 'beta' | 'windows'>

export interface VideoSourceOptions {
  videos: readonly IndexedVideo[]
  /** Decoded videos in memory, by position. */
  known: ReadonlyMap<number, DecodedVideo>
  /** Whether small videos should be decoded whole, to be kept in memory. */
  keep: boolean
  plans: PlanCache
  /** Decoded videos on disk; null keeps none. */
  disk: DecodedCache | null
  /** Where frames are flow, opens those of a video; null or left out for colours. */
  flow?: ((path: string, frames: number) => FlowFrames) | null
  /** Opens the flow of a video whose frames are colours; null or left out where no view needs it. */
  flowBeside?: ((path: string, frames: number) => FlowFrames) | null
}

/**
 * Gives the frames of videos, decoded, from memory or from disk, the same ones whichever way, and
 * passes over videos that are damaged.
 */
export class VideoSource {
  /** Videos decoded here that are worth keeping. */
  readonly fresh: { video: number; decoded: DecodedVideo }[] = []
  readonly warnings: string[] = []
  private readonly options: VideoSourceOptions

  constructor(options: VideoSourceOptions) {
    this.options = options
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
    const { videos } = this.options
    for (let tried = 0; tried < videos.length; tried++) {
      const candidate = (video + tried) % videos.length
      try {
        return this.readOne(candidate, (frames) => use(frames, videos[candidate], candidate))
      } catch (error) {
        this.warnings.push(`${basename(videos[candidate].path)} is left out: ${describe(error)}`)
      }
    }
    throw new Error('No training video can be read. Index the data set again.')
  }

  /**
   * Hands the flow of a video to `use`, beside its frames.
   * @throws VideoError when it cannot be computed
   */
  withFlow<T>({ path, frames }: IndexedVideo, use: (flow: FrameReader) => T): T {
    const { flowBeside } = this.options
    if (!flowBeside) throw new Error('This source opens no flow beside frames.')
    return useFlow(flowBeside(path, frames), use)
  }

  private readOne<T>(video: number, use: (frames: FrameReader) => T): T {
    const { known, videos, disk, flow } = this.options
    if (flow) return useFlow(flow(videos[video].path, videos[video].frames), use)
    const decoded = known.get(video)
    if (decoded) return use(new MemoryFrames(decoded))
    const { path, frames } = videos[video]
    const onDisk = disk?.open(path)
    if (onDisk) return useFile(onDisk, use)
    const picker = this.openPicker(path)
    try {
      const { width, height, headerFrames } = picker.info
      const isSmall = (headerFrames ?? Infinity) * width * height * 3 <= KEPT_BYTES
      if (this.options.keep && isSmall) return use(this.keepInMemory(video, path))
      const written = disk && this.writeToDisk(disk, picker, videos[video])
      return written ? useFile(written, use) : use(new FileFrames(picker, frames))
    } finally {
      picker.close()
    }
  }

  private openPicker(path: string): FramePicker {
    const { plans } = this.options
    const onPlan = (plan: FramePlan | null): void => void plans.set(path, { plan })
    return new FramePicker(path, { onPlan, ...plans.get(path) })
  }

  private keepInMemory(video: number, path: string): MemoryFrames {
    const decoded = decodeWhole(path)
    this.fresh.push({ video, decoded })
    return new MemoryFrames(decoded)
  }

  /** Decodes a video whole onto the disk; null where that cannot be, which changes no clip. */
  private writeToDisk(
    disk: DecodedCache,
    picker: FramePicker,
    { path, frames }: IndexedVideo,
  ): DecodedFile | null {
    const { width, height } = picker.info
    try {
      const writer = disk.begin(path, frames * width * height * 3)
      if (!writer) return null
      try {
        picker.pick(
          Array.from({ length: frames }, (_, index) => index),
          (index, picture) => writer.add(index, picture),
        )
        writer.finish()
      } finally {
        writer.abandon()
      }
      return disk.open(path)
    } catch (error) {
      // Frames that the video turns out to lack are of no matter here: a clip may do without them.
      if (disk.hasFailed) this.warnings.push(diskWarning(error))
      return null
    }
  }
}

/** Frames of one video by number, counted as decoded. */
export interface FrameReader {
  /** Frames in the whole video. */
  readonly length: number
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** Hands each of the frames to `use`, each once or, the same, again. */
  visit(indices: readonly number[], use: UsePicture): void
}

class MemoryFrames implements FrameReader {
  readonly length: number
  readonly width: number
  readonly height: number
  private readonly bytes: Uint8Array

  constructor({ data, frames, width, height }: DecodedVideo) {
    this.length = frames
    this.width = width
    this.height = height
    this.bytes = new Uint8Array(data)
  }

  visit(indices: readonly number[], use: UsePicture): void {
    const { width, height, bytes } = this
    const rowBytes = width * 3
    const size = height * rowBytes
    for (const index of new Set(indices)) {
      const data = bytes.subarray(index * size, (index + 1) * size)
      use(index, { data, frames: 1, rowBytes, width, height })
    }
  }
}

class DiskFrames implements FrameReader {
  readonly length: number
  readonly width: number
  readonly height: number
  private readonly file: DecodedFile

  constructor(file: DecodedFile) {
    this.file = file
    this.length = file.frames
    this.width = file.width
    this.height = file.height
  }

  visit(indices: readonly number[], use: UsePicture): void {
    for (const index of [...new Set(indices)].sort((a, b) => a - b)) {
      use(index, this.file.read(index))
    }
  }
}

class FileFrames implements FrameReader {
  readonly length: number
  readonly width: number
  readonly height: number
  private readonly picker: FramePicker

  constructor(picker: FramePicker, frames: number) {
    this.picker = picker
    this.length = frames
    this.width = picker.info.width
    this.height = picker.info.height
  }

  visit(indices: readonly number[], use: UsePicture): void {
    this.picker.pick(indices, use)
  }
}

function useFlow<T>(frames: FlowFrames, use: (frames: FrameReader) => T): T {
  try {
    return use(frames)
  } finally {
    frames.close()
  }
}

function useFile<T>(file: DecodedFile, use: (frames: FrameReader) => T): T {
  try {
    return use(new DiskFrames(file))
  } finally {
    file.close()
  }
}

/** @throws VideoError when the video cannot be read */
function decodeWhole(path: string): DecodedVideo {
  const reader = VideoReader.open(path)
  try {
    const { data, frames, width, height } = reader.readAll()
    const shared = new SharedArrayBuffer(data.length)
    new Uint8Array(shared).set(data)
    return { data: shared, frames, width, height }
  } finally {
    reader.close()
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The same from every thread. */
function diskWarning(error: unknown): string {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : describe(error)
  return `Decoded videos are no longer stored, because the disk refuses them (${reason}). The run continues.`
}

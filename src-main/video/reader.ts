import type { Frame } from 'node-av/lib'
import { FrameCursor, noFrame } from './frame-cursor.ts'
import type { SeekOptions } from './frame-cursor.ts'
import { KeyframePreview } from './keyframe-preview.ts'
import type { VideoInfo } from './open-input.ts'
import { nearestOf, RecentFrames } from './recent-frames.ts'
import { RgbConverters } from './rgb-converter.ts'
import type { PictureSize, RgbConverter } from './rgb-converter.ts'

export type { PictureSize }

/** Decoded pictures. */
export interface RgbFrames {
  /** N. */
  frames: number
  /** Pixels. */
  width: number
  height: number
  /** RGB u8 [N, H, W, 3]. */
  data: Uint8Array
}

export interface VideoReaderOptions extends SeekOptions {
  /**
   * Jump to keyframes, each frame reached that way being checked, and keep what was decoded last.
   * Costs a few per cent. Default false: going back decodes from the start.
   */
  scrub?: boolean
  /** Where decoded frames are kept; readers may share one. Default: up to 64 MB of its own. */
  recent?: RecentFrames
}

/** Bytes of decoded frames that are kept. */
const KEPT_BYTES = 64e6

/** Bytes that `readAll` takes at first on the word of a header, which may be wrong. */
const TRUSTED_BYTES = 64 * 1024 * 1024

/**
 * Reads frames of one video by their number: frame N is the N-th that the decoder gives from the
 * start, 0 the first. Synchronous: meant for a worker thread or a process of its own.
 */
export class VideoReader {
  readonly path: string
  readonly info: VideoInfo
  private readonly cursor: FrameCursor
  private readonly converters: RgbConverters
  private readonly preview: KeyframePreview
  /** Null where nothing is kept. */
  private readonly recent: RecentFrames | null

  /** @throws VideoError when the file cannot be opened */
  constructor(path: string, { scrub = false, recent, ...seek }: VideoReaderOptions = {}) {
    this.path = path
    this.cursor = new FrameCursor(path, scrub ? seek : null)
    this.info = this.cursor.info
    this.converters = new RgbConverters(this.info)
    this.preview = new KeyframePreview(path)
    this.recent = scrub ? (recent ?? new RecentFrames(KEPT_BYTES)) : null
  }

  /** @throws VideoError when the file cannot be opened */
  static open(path: string, options?: VideoReaderOptions): VideoReader {
    return new VideoReader(path, options)
  }

  /** Damaged frames and undecodable packets met so far. */
  get damaged(): number {
    return this.cursor.damaged
  }

  /** Bytes of the file. */
  get size(): number {
    return this.cursor.size
  }

  /** False once a jump has led astray: every later frame is decoded from the start. */
  get seeks(): boolean {
    return this.cursor.seeks
  }

  /**
   * All frames, or the first `maxFrames`.
   * @throws VideoError no-frame when nothing can be decoded
   */
  readAll({ maxFrames = Infinity }: { maxFrames?: number } = {}): RgbFrames {
    const converter = this.converters.get(this.info)
    const { frameBytes } = converter
    this.cursor.restart()
    const trusted = Math.max(1, Math.floor(TRUSTED_BYTES / frameBytes))
    const expected = Math.min(maxFrames, this.info.headerFrames ?? 64, trusted)
    let data = new Uint8Array(expected * frameBytes)
    let frames = 0
    while (frames < maxFrames) {
      const frame = this.cursor.next()
      if (!frame) break
      if ((frames + 1) * frameBytes > data.length) data = grown(data)
      converter.convert(frame, data, frames * frameBytes)
      frames++
    }
    if (frames === 0) throw noFrame()
    const used = frames * frameBytes
    const { width, height } = this.info
    return { frames, width, height, data: used < data.length ? data.slice(0, used) : data }
  }

  /**
   * The named frames in the order given; one may be named twice. Cheapest in ascending order.
   * @throws VideoError out-of-range when the video has no such frame, no-frame when it has none
   */
  readFrames(indices: readonly number[]): RgbFrames {
    return this.read(indices, this.converters.get(this.info))
  }

  /**
   * As `readFrames`, each whole picture scaled to `size` (pixels) by swscale while it is converted,
   * so that no frame is kept at full size. Scaled down, a pixel is the mean, weighted by a triangle,
   * of what it covers; the shape need not be that of the video.
   * @throws VideoError as `readFrames`
   * @throws RangeError for a size that is not whole and positive
   */
  readFramesScaled(indices: readonly number[], size: PictureSize): RgbFrames {
    return this.read(indices, this.converters.get(size))
  }

  /**
   * Decodes to frame `index`, one frame a step, so that a process can attend to others between; then
   * `readFrames` has it at once. Only with `scrub`.
   * @throws VideoError as `readFrames`
   */
  *approach(index: number): Generator<void, void> {
    if (!this.recent?.get(this, index)) yield* this.reach(index)
  }

  /**
   * Pixels that must be decoded, going forward from where the last frame was read, before frame
   * `index` can be shown; infinite where it lies elsewhere.
   */
  ahead(index: number): number {
    if (this.recent?.get(this, index)) return 0
    const frames = index - this.cursor.position + 1
    return frames > 0 ? frames * this.info.width * this.info.height : Infinity
  }

  /**
   * Number of the frame nearest to `index` that `readAtHand` gives at once: one decoded lately, or a
   * keyframe. Null where there is none, which only `scrub` has.
   */
  nearestAtHand(index: number): number | null {
    const plan = this.recent && this.cursor.plan
    return nearestOf(
      index,
      this.recent?.nearest(this, index) ?? null,
      plan?.keyframeBefore(index).index ?? null,
      plan?.keyframeAfter(index)?.index ?? null,
    )
  }

  /** Frame `index`, found by `nearestAtHand`, scaled; null where it cannot be had alone after all. */
  readAtHand(index: number, size: PictureSize): RgbFrames | null {
    const frame =
      this.recent?.get(this, index) ??
      (this.cursor.plan && this.preview.get(this.cursor.plan, index))
    if (!frame) return null
    const converter = this.converters.get(size)
    const data = new Uint8Array(converter.frameBytes)
    converter.convert(frame, data, 0)
    return { frames: 1, width: size.width, height: size.height, data }
  }

  private read(indices: readonly number[], converter: RgbConverter): RgbFrames {
    const { frameBytes } = converter
    const data = new Uint8Array(indices.length * frameBytes)
    const first = new Map<number, number>()
    for (const index of [...new Set(indices)].sort((a, b) => a - b)) {
      const slot = indices.indexOf(index)
      converter.convert(this.frameAt(index), data, slot * frameBytes)
      first.set(index, slot)
    }
    indices.forEach((index, slot) => {
      const from = first.get(index)!
      if (from === slot) return
      data.copyWithin(slot * frameBytes, from * frameBytes, (from + 1) * frameBytes)
    })
    return { frames: indices.length, width: converter.width, height: converter.height, data }
  }

  /** Frames in the whole video, by decoding what is left of it. */
  countFrames(): number {
    return this.cursor.count()
  }

  close(): void {
    this.recent?.clear(this)
    this.cursor.close()
    this.preview.close()
    this.converters.close()
  }

  private frameAt(index: number): Frame {
    const kept = this.recent?.get(this, index)
    if (kept) return kept
    const steps = this.reach(index)
    for (;;) {
      const { done, value } = steps.next()
      if (done) return value
    }
  }

  private reach(index: number): Generator<void, Frame> {
    const { recent } = this
    return this.cursor.reach(index, recent ? (at, frame) => recent.add(this, at, frame) : undefined)
  }
}

function grown(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(data.length * 2)
  larger.set(data)
  return larger
}

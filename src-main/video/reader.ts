import type { Frame } from 'node-av/lib'
import { FrameSource, timestamp } from './frame-source.ts'
import { FrameTimeline } from './frame-timeline.ts'
import type { VideoInfo } from './open-input.ts'
import { RgbConverter } from './rgb-converter.ts'
import { VideoError } from './video-error.ts'

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

export interface VideoReaderOptions {
  /**
   * Remember what was decoded so that going back can seek to a keyframe; each frame reached that way
   * is checked against the decoding from the start. Costs a few per cent. Default false: going back
   * decodes from the start.
   */
  scrub?: boolean
}

/** Bytes that `readAll` takes at first on the word of a header, which may be wrong. */
const TRUSTED_BYTES = 64 * 1024 * 1024

/**
 * Reads frames of one video by their number: frame N is the N-th that the decoder gives from the
 * start, 0 the first. Synchronous: meant for a worker thread or a process of its own.
 */
export class VideoReader {
  readonly path: string
  readonly info: VideoInfo
  private readonly timeline: FrameTimeline | null
  private readonly converter: RgbConverter
  /** For pictures of another size; that of the size asked for last. */
  private scaled: RgbConverter | null = null
  private source: FrameSource
  /** Number of the frame that comes next. */
  private position = 0
  /** Everything up to `position` was decoded from the start, without a seek. */
  private sequential = true
  /** The frame at `position`, already taken from the source by a seek. */
  private held: Frame | null = null
  private trusted = true
  private faults = 0

  /** @throws VideoError when the file cannot be opened */
  constructor(path: string, { scrub = false }: VideoReaderOptions = {}) {
    this.path = path
    this.source = new FrameSource(path)
    this.info = this.source.info
    this.timeline = scrub ? new FrameTimeline() : null
    this.converter = new RgbConverter(this.info.width, this.info.height)
  }

  /** @throws VideoError when the file cannot be opened */
  static open(path: string, options?: VideoReaderOptions): VideoReader {
    return new VideoReader(path, options)
  }

  /** Damaged frames and undecodable packets met so far. */
  get damaged(): number {
    return this.faults
  }

  /** Bytes of the file. */
  get size(): number {
    return this.source.size
  }

  /**
   * All frames, or the first `maxFrames`.
   * @throws VideoError no-frame when nothing can be decoded
   */
  readAll({ maxFrames = Infinity }: { maxFrames?: number } = {}): RgbFrames {
    const { frameBytes } = this.converter
    this.goTo(0)
    const trusted = Math.max(1, Math.floor(TRUSTED_BYTES / frameBytes))
    const expected = Math.min(maxFrames, this.info.headerFrames ?? 64, trusted)
    let data = new Uint8Array(expected * frameBytes)
    let frames = 0
    while (frames < maxFrames) {
      const frame = this.advance()
      if (!frame) break
      if ((frames + 1) * frameBytes > data.length) data = grown(data)
      this.converter.convert(frame, data, frames * frameBytes)
      frames++
    }
    if (frames === 0) throw this.noFrame()
    const used = frames * frameBytes
    return this.result(frames, used < data.length ? data.slice(0, used) : data)
  }

  /**
   * The named frames in the order given; one may be named twice. Cheapest in ascending order.
   * @throws VideoError out-of-range when the video has no such frame, no-frame when it has none
   */
  readFrames(indices: readonly number[]): RgbFrames {
    return this.read(indices, this.converter)
  }

  /**
   * As `readFrames`, each whole picture scaled to `size` (pixels) by swscale while it is converted,
   * so that no frame is kept at full size. Scaled down, a pixel is the mean, weighted by a triangle,
   * of what it covers; the shape need not be that of the video.
   * @throws VideoError as `readFrames`
   * @throws RangeError for a size that is not whole and positive
   */
  readFramesScaled(
    indices: readonly number[],
    { height, width }: { height: number; width: number },
  ): RgbFrames {
    return this.read(indices, this.converterFor(width, height))
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
    if (!this.sequential) this.restart()
    while (this.advance());
    return this.position
  }

  close(): void {
    this.source.close()
    this.converter.close()
    this.scaled?.close()
  }

  private converterFor(width: number, height: number): RgbConverter {
    if (width === this.converter.width && height === this.converter.height) return this.converter
    if (width === this.scaled?.width && height === this.scaled.height) return this.scaled
    this.scaled?.close()
    this.scaled = new RgbConverter(width, height)
    return this.scaled
  }

  private result(frames: number, data: Uint8Array): RgbFrames {
    return { frames, width: this.info.width, height: this.info.height, data }
  }

  private noFrame(): VideoError {
    return new VideoError(
      'no-frame',
      'Not one frame of the video can be decoded; copy or download it again.',
    )
  }

  private frameAt(index: number): Frame {
    if (!Number.isInteger(index) || index < 0) {
      throw new VideoError(
        'out-of-range',
        `Frame ${index} does not exist; frames are counted from 0.`,
      )
    }
    this.goTo(index)
    while (this.position < index) if (!this.advance()) break
    const frame = this.position === index ? this.advance() : null
    if (frame) return frame
    if (this.position === 0) throw this.noFrame()
    throw new VideoError(
      'out-of-range',
      `Expected frame ${index}, the video has ${this.position} frames; choose one from 0 to ${this.position - 1}.`,
    )
  }

  /** The next frame, valid until the next call; null at the end. */
  private advance(): Frame | null {
    const frame = this.held ?? this.source.next()
    this.held = null
    if (this.sequential) this.faults = Math.max(this.faults, this.source.damaged)
    if (!frame) return this.sequential ? null : this.distrust()
    if (this.timeline && this.trusted) {
      if (this.position === this.timeline.length && this.sequential) this.timeline.append(frame)
      else if (!this.sequential && !this.timeline.agrees(this.position, frame))
        return this.distrust()
    }
    this.position++
    return frame
  }

  /** A seek led astray: decode from the start to the frame that was due, and never seek again. */
  private distrust(): Frame | null {
    const due = this.position
    this.trusted = false
    this.restart()
    while (this.position < due) if (!this.advance()) return null
    return this.advance()
  }

  /** Moves to `index` or to a place before it from which decoding forward gives the true frames. */
  private goTo(index: number): void {
    const known = this.timeline?.length ?? 0
    if (index >= this.position && (this.sequential || index < known)) return
    const point = this.trusted && index < known ? this.timeline?.seekPoint(index) : null
    if (point && this.seekTo(point)) return
    this.restart()
  }

  private seekTo({ index, pts }: { index: number; pts: bigint }): boolean {
    if (!this.source.seek(pts)) return false
    this.sequential = false
    for (;;) {
      const frame = this.source.next()
      const at = frame && timestamp(frame)
      if (!frame || (at !== null && at > pts)) return false
      if (at !== pts) continue
      this.held = frame
      this.position = index
      return true
    }
  }

  private restart(): void {
    if (this.position === 0 && this.sequential) return
    const fresh = new FrameSource(this.path)
    this.source.close()
    this.source = fresh
    this.position = 0
    this.sequential = true
    this.held = null
  }
}

function grown(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(data.length * 2)
  larger.set(data)
  return larger
}

import {
  AV_FRAME_FLAG_CORRUPT,
  AV_NOPTS_VALUE,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  AVSEEK_FLAG_BACKWARD,
} from 'node-av/constants'
import { Frame, Packet } from 'node-av/lib'
import type { Keyframe } from './frame-plan.ts'
import { openInput } from './open-input.ts'
import type { OpenInput, VideoInfo } from './open-input.ts'

/** Packets of all streams that may lie between the place a seek finds and the keyframe. */
const LONGEST_SEARCH = 2000

/** Presentation time in the stream's time base; null where the frame has none. */
export function timestamp(frame: Frame): bigint | null {
  const pts = frame.bestEffortTimestamp
  return pts === AV_NOPTS_VALUE ? null : pts
}

/**
 * The frames of a video one after another, as the decoder gives them. What cannot be decoded is
 * counted and skipped. Not thread-safe; nothing is shared between instances.
 */
export class FrameSource {
  readonly info: VideoInfo
  /** Bytes. */
  readonly size: number
  private readonly input: OpenInput
  private readonly packet = new Packet()
  private readonly frame = new Frame()
  /** `packet` holds what a seek has found and the decoder has not had yet. */
  private found = false
  private draining = false
  private faults = 0
  private readonly skips: (() => boolean) | null

  /**
   * @param from the file, or what is open already and is closed with this
   * @param skips asked for each packet of the video but one that a seek has found: is it to be passed over?
   * @throws VideoError when the file cannot be opened
   */
  constructor(from: string | OpenInput, skips: (() => boolean) | null = null) {
    this.input = typeof from === 'string' ? openInput(from) : from
    this.skips = skips
    this.info = this.input.info
    this.size = this.input.size
    this.packet.alloc()
    this.frame.alloc()
  }

  /** Frames that came out damaged and packets that gave no frame, so far. */
  get damaged(): number {
    return this.faults
  }

  /** The next frame, valid until the next call; null at the end. */
  next(): Frame | null {
    for (;;) {
      const status = this.input.decoder.receiveFrameSync(this.frame)
      if (status >= 0) {
        if (isDamaged(this.frame)) this.faults++
        return this.frame
      }
      if (status === AVERROR_EOF) return null
      if (status !== AVERROR_EAGAIN) this.faults++
      this.feed()
    }
  }

  /**
   * Continues from the keyframe at or before `pts` of the demuxer's index. False when the container
   * cannot seek; the position is then undefined.
   */
  seek(pts: bigint): boolean {
    const { format, stream, decoder } = this.input
    if (format.seekFrameSync(stream.index, pts, AVSEEK_FLAG_BACKWARD) < 0) return false
    decoder.flushBuffers()
    this.draining = false
    if (this.found) this.packet.unref()
    this.found = false
    return true
  }

  /**
   * Continues from the packet of `keyframe`: a container's own index may name another, so packets are
   * passed over until it comes. False when it does not; the position is then undefined.
   */
  seekKeyframe(keyframe: Keyframe): boolean {
    // Containers keep one or the other in their index.
    const times = new Set([keyframe.dts, keyframe.pts].filter((time) => time !== null))
    return [...times].some((time) => this.seek(time) && this.find(keyframe))
  }

  /** The picture of the packet that `seekKeyframe` found, alone; another seek must follow. */
  decodeAlone(): Frame | null {
    const { decoder } = this.input
    this.feed()
    this.draining = true
    decoder.sendPacketSync(null)
    return decoder.receiveFrameSync(this.frame) >= 0 ? this.frame : null
  }

  close(): void {
    this.input.close()
    this.packet.free()
    this.frame.free()
  }

  private find({ pos, pts }: Keyframe): boolean {
    for (let passed = 0; passed < LONGEST_SEARCH; passed++) {
      if (this.input.format.readFrameSync(this.packet) < 0) return false
      const { packet } = this
      const ours = packet.streamIndex === this.input.stream.index
      this.found = ours && packet.isKeyframe && (pos < 0n ? packet.pts === pts : packet.pos === pos)
      if (this.found) return true
      packet.unref()
    }
    return false
  }

  /** Hands the decoder its next packet, or the end of the stream. */
  private feed(): void {
    if (this.draining) return
    if (this.found) {
      this.found = false
      if (this.input.decoder.sendPacketSync(this.packet) < 0) this.faults++
      this.packet.unref()
      return
    }
    const { format, stream, decoder } = this.input
    for (;;) {
      const status = format.readFrameSync(this.packet)
      if (status < 0) {
        if (status !== AVERROR_EOF) this.faults++
        this.draining = true
        decoder.sendPacketSync(null)
        return
      }
      const ours = this.packet.streamIndex === stream.index && !this.skips?.()
      const sent = ours ? decoder.sendPacketSync(this.packet) : 0
      this.packet.unref()
      if (sent < 0) this.faults++
      if (ours) return
    }
  }
}

function isDamaged(frame: Frame): boolean {
  return frame.decodeErrorFlags !== 0 || frame.hasFlags(AV_FRAME_FLAG_CORRUPT)
}

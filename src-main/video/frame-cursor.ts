import type { Frame } from 'node-av/lib'
import { readFramePlan } from './frame-plan.ts'
import type { FramePlan } from './frame-plan.ts'
import { FrameSource, timestamp } from './frame-source.ts'
import { FrameTimeline } from './frame-timeline.ts'
import type { VideoInfo } from './open-input.ts'
import { VideoError } from './video-error.ts'

export interface SeekOptions {
  /** Gives the plan of the video; null where its packets prove nothing. Default: reads it. */
  plan?: () => FramePlan | null
  /** Pixels that are decoded forward from what is proven rather than sought. Default 16 million. */
  patience?: number
}

/** Some 50 ms of H.264 or MPEG-4. Short videos are so always decoded from their start. */
const PATIENCE = 16e6

/** Frames that may come between the place a container finds and the keyframe that is wanted. */
const MOST_PASSED = 1000

/** A place from which decoding may go on, and how to get there. */
interface SeekPoint {
  index: number
  /** Of the frame, in the stream's time base; null where it is not known. */
  time: bigint | null
  seek: () => boolean
}

/**
 * A place in the sequence of a video's frames, moved by decoding forward and by jumps to keyframes.
 * What a jump gives is checked against the decoding from the start, as far as that has been seen, and
 * against the packets beyond; where it does not agree, the start is gone back to and no jump made again.
 */
export class FrameCursor {
  readonly path: string
  readonly info: VideoInfo
  private readonly timeline: FrameTimeline | null
  private readonly patience: number
  private readonly readPlan: () => FramePlan | null
  private planned: FramePlan | null | undefined
  private source: FrameSource
  /** Number of the frame that comes next. */
  private at = 0
  /** Everything up to `at` was decoded from the start, without a jump. */
  private sequential = true
  /** The frame at `at`, already taken from the source by a jump. */
  private held: Frame | null = null
  private trusted: boolean
  private faults = 0

  /**
   * @param seek null decodes from the start to go back
   * @throws VideoError when the file cannot be opened
   */
  constructor(path: string, seek: SeekOptions | null) {
    this.path = path
    this.source = new FrameSource(path)
    this.info = this.source.info
    this.timeline = seek ? new FrameTimeline() : null
    this.trusted = seek !== null
    this.readPlan = seek?.plan ?? (() => readFramePlan(path))
    this.patience = seek?.patience ?? PATIENCE
  }

  /** Number of the frame that comes next. */
  get position(): number {
    return this.at
  }

  /** Damaged frames and undecodable packets met so far. */
  get damaged(): number {
    return this.faults
  }

  /** Bytes of the file. */
  get size(): number {
    return this.source.size
  }

  /** False once a jump has led astray: every later frame is decoded from the start. */
  get seeks(): boolean {
    return this.trusted
  }

  /** What the packets say; null where they prove nothing or have been found wrong. */
  get plan(): FramePlan | null {
    if (!this.trusted) return null
    if (this.planned === undefined) this.planned = this.readPlan()
    return this.planned
  }

  /** The next frame, valid until the next call; null at the end. */
  next(): Frame | null {
    const frame = this.held ?? this.source.next()
    this.held = null
    if (this.sequential) this.faults = Math.max(this.faults, this.source.damaged)
    if (!this.agrees(frame)) return this.distrust()
    if (!frame) return null
    if (this.sequential) this.learn(frame)
    this.at++
    return frame
  }

  /**
   * Decodes to frame `index`, one frame a step, so that others can work between; returns the frame,
   * valid until the next call.
   * @throws VideoError out-of-range when the video has no such frame, no-frame when it has none
   */
  *reach(index: number, onFrame?: (index: number, frame: Frame) => void): Generator<void, Frame> {
    checkNumber(index)
    for (;;) {
      // Anew at every step: others may have moved the cursor.
      this.goTo(index)
      const frame = this.next()
      if (!frame) throw this.missing(index)
      onFrame?.(this.at - 1, frame)
      if (this.at === index + 1) return frame
      yield
    }
  }

  /** Back to the first frame. */
  restart(): void {
    if (this.at === 0 && this.sequential) return
    const fresh = new FrameSource(this.path)
    this.source.close()
    this.source = fresh
    this.at = 0
    this.sequential = true
    this.held = null
  }

  /** Decodes on to the end; returns the number of frames in the whole video. */
  count(): number {
    if (!this.sequential) this.restart()
    while (this.next());
    return this.at
  }

  close(): void {
    this.source.close()
  }

  /** Is `frame` (null for the end) what decoding from the start gives here, as far as is known? */
  private agrees(frame: Frame | null): boolean {
    if (this.sequential || !this.timeline) return true
    if (!frame) return this.at === this.plan?.length
    if (this.at < this.timeline.length) return this.timeline.agrees(this.at, frame)
    return this.plan?.agrees(this.at, frame) ?? false
  }

  private learn(frame: Frame): void {
    if (this.at !== this.timeline?.length) return
    this.timeline.append(frame)
    // Packets that are wrong here are not believed further on.
    if (this.planned && !this.planned.agrees(this.at, frame)) this.planned = null
  }

  private distrust(): Frame | null {
    this.trusted = false
    this.restart()
    return this.next()
  }

  /** Moves to `index` or to a place before it from which decoding forward gives the true frames. */
  private goTo(index: number): void {
    const ahead = index - this.at
    if (ahead === 0 || (ahead > 0 && this.sequential && this.isShort(ahead))) return
    const point = this.seekPoint(index)
    const forward = ahead > 0 && this.at >= (point?.index ?? 0)
    if (forward && (this.sequential || this.isProven(index))) return
    if (point && this.jump(point)) return
    this.restart()
  }

  /** The best place to jump to; null for the start. */
  private seekPoint(index: number): SeekPoint | null {
    if (!this.trusted || !this.timeline) return null
    const seen = index < this.timeline.length ? this.timeline.seekPoint(index) : null
    if (seen) {
      return { index: seen.index, time: seen.pts, seek: () => this.source.seek(seen.pts) }
    }
    if (index < this.timeline.length || this.isShort(index)) return null
    const keyframe = this.plan?.keyframeBefore(Math.min(index, this.plan.length - 1))
    if (!keyframe || keyframe.index === 0) return null
    return { ...keyframe, time: keyframe.pts, seek: () => this.source.seekKeyframe(keyframe) }
  }

  private isShort(frames: number): boolean {
    return frames * this.info.width * this.info.height <= this.patience
  }

  /** Can frames up to `index` be checked after a jump? */
  private isProven(index: number): boolean {
    return index < (this.timeline?.length ?? 0) || this.plan !== null
  }

  private jump({ index, time, seek }: SeekPoint): boolean {
    this.held = null
    this.sequential = false
    this.at = index
    if (!seek()) return this.giveUp()
    // Pictures that lead the keyframe miss those they are built on.
    for (let passed = 0; passed < MOST_PASSED; passed++) {
      const frame = this.source.next()
      const shown = frame && timestamp(frame)
      if (!frame || (time !== null && shown !== null && shown > time)) break
      if (frame.keyFrame === 0 || !this.agrees(frame)) continue
      this.held = frame
      return true
    }
    return this.giveUp()
  }

  /** A jump did not find its place, so its source is of no use. */
  private giveUp(): false {
    this.trusted = false
    this.restart()
    return false
  }

  private missing(index: number): VideoError {
    const count = this.at
    if (count === 0) return noFrame()
    return new VideoError(
      'out-of-range',
      `Expected frame ${index}, the video has ${count} frames; choose one from 0 to ${count - 1}.`,
    )
  }
}

export function noFrame(): VideoError {
  return new VideoError(
    'no-frame',
    'No frame of the video can be decoded; copy or download it again.',
  )
}

/** @throws VideoError out-of-range for what is no number of a frame */
export function checkNumber(index: number): void {
  if (Number.isInteger(index) && index >= 0) return
  throw new VideoError('out-of-range', `Frame ${index} does not exist; frames are counted from 0.`)
}

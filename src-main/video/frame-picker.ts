import type { Frame } from 'node-av/lib'
import { checkNumber, noFrame } from './frame-cursor.ts'
import { planOf } from './frame-plan.ts'
import type { FramePlan, Keyframe } from './frame-plan.ts'
import { FrameSource } from './frame-source.ts'
import { openInput } from './open-input.ts'
import type { OpenInput, VideoInfo } from './open-input.ts'
import { RgbConverter } from './rgb-converter.ts'
import type { RgbPicture } from './rgb-converter.ts'
import { VideoError } from './video-error.ts'

export interface FramePickerOptions {
  /** The plan of the video where it is known: null where its packets prove nothing. */
  plan?: FramePlan | null
  /** Told the plan once it has been read. */
  onPlan?: (plan: FramePlan | null) => void
  /** Pixels up to the last frame wanted that are decoded rather than planned. Default 6 million. */
  patience?: number
}

/** Called with each picture, which holds until the call returns. */
export type UsePicture = (index: number, picture: RgbPicture) => void

type GiveFrame = (index: number, frame: Frame) => void

/** What reading a plan costs, in pixels of H.264 or MPEG-4 decoded. */
const PATIENCE = 6e6

/** Frames that are decoded rather than jumped over. */
const SHORTEST_JUMP = 4

/** Frames that may come between the place a container finds and the keyframe that is wanted. */
const MOST_PASSED = 1000

/**
 * Picks frames of a video, decoding as little as gives the same pictures as decoding
 * from the start: it jumps to keyframes and leaves out pictures on which no other is built. Each frame
 * must be what the packets say of it; where one is not, all is decoded from the start.
 */
export class FramePicker {
  readonly info: VideoInfo
  private readonly path: string
  private readonly options: FramePickerOptions
  /** Open from the beginning, until it is used. */
  private input: OpenInput | null
  private planned: PlannedWalk | null = null
  private straight: StraightWalk | null = null
  private converter: RgbConverter | null = null

  /** @throws VideoError when the file cannot be opened */
  constructor(path: string, options: FramePickerOptions = {}) {
    this.path = path
    this.options = { ...options }
    this.input = openInput(path)
    this.info = this.input.info
  }

  /**
   * Hands every named frame to `use`, each once, in ascending order. Where jumps are found to lead
   * astray, frames that were handed out come again.
   * @throws VideoError out-of-range when the video has no such frame, no-frame when it has none
   */
  pick(indices: readonly number[], use: UsePicture): void {
    const wanted = [...new Set(indices)].sort((a, b) => a - b)
    this.converter ??= new RgbConverter(this.info, this.info)
    const { converter } = this
    const give: GiveFrame = (index, frame) => use(index, converter.picture(frame))
    wanted.forEach(checkNumber)
    if (wanted.length === 0 || this.pickPlanned(wanted, give)) return
    this.pickStraight(wanted, give)
  }

  close(): void {
    this.input?.close()
    this.input = null
    this.planned?.close()
    this.straight?.close()
    this.converter?.close()
  }

  private planFor(wanted: readonly number[]): FramePlan | null {
    const { plan, onPlan, patience = PATIENCE } = this.options
    if (plan !== undefined) return plan
    const { width, height } = this.info
    if (wanted.at(-1)! * width * height <= patience) return null
    this.input ??= openInput(this.path)
    const read = planOf(this.input)
    if (!read) this.dropInput()
    onPlan?.(read)
    this.options.plan = read
    return read
  }

  private pickPlanned(wanted: readonly number[], give: GiveFrame): boolean {
    const plan = this.planFor(wanted)
    if (!plan) return false
    if (wanted.at(-1)! >= plan.length) {
      // Reading the plan has left the file at its end.
      this.dropInput()
      return false
    }
    this.planned ??= new PlannedWalk(plan, this.takeInput())
    if (this.planned.run(wanted, give)) return true
    this.planned.close()
    this.planned = null
    this.options.plan = null
    this.options.onPlan?.(null)
    return false
  }

  /** @throws VideoError when the video ends before the last of them */
  private pickStraight(wanted: readonly number[], give: GiveFrame): void {
    if (this.straight && wanted[0] < this.straight.position) {
      this.straight.close()
      this.straight = null
    }
    this.straight ??= new StraightWalk(this.takeInput())
    this.straight.run(wanted, give)
  }

  private takeInput(): OpenInput {
    const input = this.input ?? openInput(this.path)
    this.input = null
    return input
  }

  private dropInput(): void {
    this.input?.close()
    this.input = null
  }
}

/** Frames one after another from the start. */
class StraightWalk {
  private readonly source: FrameSource
  private count = 0

  constructor(input: OpenInput) {
    this.source = new FrameSource(input)
  }

  /** Number of the frame that comes next. */
  get position(): number {
    return this.count
  }

  /** @throws VideoError when the video ends before the last of them */
  run(wanted: readonly number[], give: GiveFrame): void {
    for (const index of wanted) {
      for (;;) {
        const frame = this.source.next()
        if (!frame) throw this.count === 0 ? noFrame() : outOfRange(index, this.count)
        if (this.count++ < index) continue
        give(index, frame)
        break
      }
    }
  }

  close(): void {
    this.source.close()
  }
}

function outOfRange(index: number, count: number): VideoError {
  return new VideoError(
    'out-of-range',
    `Expected frame ${index}, the video has ${count} frames; choose one from 0 to ${count - 1}.`,
  )
}

/** The way through a video along its plan. */
class PlannedWalk {
  private readonly plan: FramePlan
  private readonly source: FrameSource
  private wanted: ReadonlySet<number> = new Set()
  /** Frames whose packets the decoder has not had since the last jump. */
  private readonly skipped = new Set<number>()
  /** Place of the packet that comes next. */
  private place = 0
  /** Number of the frame that comes next; null before the first jump. */
  private at: number | null = null

  constructor(plan: FramePlan, input: OpenInput) {
    this.plan = plan
    this.source = new FrameSource(input, () => this.skips())
  }

  /** False where a frame is not what the plan says; there is no going on then. */
  run(wanted: readonly number[], give: GiveFrame): boolean {
    this.wanted = new Set(wanted)
    if (wanted.some((index) => this.isPast(index))) this.at = null
    return wanted.every((index) => {
      const frame = this.reach(index)
      if (frame) give(index, frame)
      return frame !== null
    })
  }

  close(): void {
    this.source.close()
  }

  private isPast(index: number): boolean {
    return this.at === null || index < this.at || this.skipped.has(index)
  }

  private reach(index: number): Frame | null {
    const { plan, source } = this
    const keyframe = plan.keyframeBefore(index)
    let frame: Frame | null = null
    if (this.at === null || keyframe.index >= this.at + SHORTEST_JUMP) {
      frame = this.jump(keyframe)
      if (!frame) return null
    }
    for (;;) {
      frame ??= source.next()
      // Taking a frame may have passed over packets.
      while (this.skipped.has(this.at!)) this.at!++
      const number = this.at!++
      if (!frame || !plan.agrees(number, frame)) return null
      if (number === index) return frame
      frame = null
    }
  }

  /** Can the decoder do without the packet that comes next? */
  private skips(): boolean {
    const index = this.plan.frameAt(this.place++)
    if (index === null || this.wanted.has(index) || !this.plan.isSpare(index)) return false
    this.skipped.add(index)
    return true
  }

  /** The frame of a keyframe, found by seeking; null where it does not come. */
  private jump(keyframe: Keyframe): Frame | null {
    this.skipped.clear()
    this.place = keyframe.place + 1
    this.at = keyframe.index
    if (!this.source.seekKeyframe(keyframe)) return null
    // Pictures that lead the keyframe miss those they are built on.
    for (let passed = 0; passed < MOST_PASSED; passed++) {
      const frame = this.source.next()
      if (!frame) return null
      if (frame.keyFrame !== 0 && this.plan.agrees(keyframe.index, frame)) return frame
    }
    return null
  }
}

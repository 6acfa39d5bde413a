import type { Frame } from 'node-av/lib'
import { noFrame } from './frame-cursor.ts'
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

/** What reading a plan costs, in pixels of H.264 or MPEG-4 decoded. */
const PATIENCE = 6e6

/** Frames that are decoded rather than jumped over. */
const SHORTEST_JUMP = 4

/** Frames that may come between the place a container finds and the keyframe that is wanted. */
const MOST_PASSED = 1000

/**
 * Picks frames of a video once through, decoding as little as gives the same pictures as decoding
 * from the start: it jumps to keyframes and leaves out pictures on which no other is built. Each frame
 * must be what the packets say of it; where one is not, all is decoded from the start.
 */
export class FramePicker {
  readonly info: VideoInfo
  private readonly path: string
  private readonly options: FramePickerOptions
  /** Open from the beginning, until it is used. */
  private input: OpenInput | null
  private converter: RgbConverter | null = null

  /** @throws VideoError when the file cannot be opened */
  constructor(path: string, options: FramePickerOptions = {}) {
    this.path = path
    this.options = options
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
    this.converter ??= new RgbConverter(this.info.width, this.info.height)
    const { converter } = this
    const give = (index: number, frame: Frame): void => use(index, converter.picture(frame))
    const plan = this.planFor(wanted)
    if (plan && this.pickPlanned(plan, wanted, give)) return
    // Reading the plan has left the file at its end.
    if (plan) this.dropInput()
    this.withSource({}, (source) => pickFromStart(source, wanted, give))
  }

  close(): void {
    this.input?.close()
    this.input = null
    this.converter?.close()
  }

  private planFor(wanted: readonly number[]): FramePlan | null {
    const { plan, onPlan, patience = PATIENCE } = this.options
    if (plan !== undefined) return plan
    const { width, height } = this.info
    if ((wanted.at(-1) ?? 0) * width * height <= patience) return null
    this.input ??= openInput(this.path)
    const read = planOf(this.input)
    if (!read) this.dropInput()
    onPlan?.(read)
    this.options.plan = read
    return read
  }

  private pickPlanned(
    plan: FramePlan,
    wanted: readonly number[],
    give: (index: number, frame: Frame) => void,
  ): boolean {
    if (wanted.length === 0 || wanted.at(-1)! >= plan.length) return false
    const walk = new PlannedWalk(plan, wanted)
    return this.withSource({ skips: () => walk.skips() }, (source) => walk.run(source, give))
  }

  private withSource<T>(options: { skips?: () => boolean }, use: (source: FrameSource) => T): T {
    const source = new FrameSource(this.path, {
      ...options,
      ...(this.input && { input: this.input }),
    })
    this.input = null
    try {
      return use(source)
    } finally {
      source.close()
    }
  }

  private dropInput(): void {
    this.input?.close()
    this.input = null
  }
}

/** @throws VideoError when the video ends before the last of them */
function pickFromStart(
  source: FrameSource,
  wanted: readonly number[],
  give: (index: number, frame: Frame) => void,
): void {
  let count = 0
  for (const index of wanted) {
    for (;;) {
      const frame = source.next()
      if (!frame) throw count === 0 ? noFrame() : outOfRange(index, count)
      if (count++ < index) continue
      give(index, frame)
      break
    }
  }
}

function outOfRange(index: number, count: number): VideoError {
  return new VideoError(
    'out-of-range',
    `Expected frame ${index}, the video has ${count} frames; choose one from 0 to ${count - 1}.`,
  )
}

/** One way through a video along its plan. */
class PlannedWalk {
  private readonly plan: FramePlan
  private readonly wanted: readonly number[]
  private readonly wantedSet: ReadonlySet<number>
  /** Frames whose packets the decoder has not had since the last jump. */
  private readonly skipped = new Set<number>()
  /** Place of the packet that comes next. */
  private place = 0

  constructor(plan: FramePlan, wanted: readonly number[]) {
    this.plan = plan
    this.wanted = wanted
    this.wantedSet = new Set(wanted)
  }

  /** Can the decoder do without the packet that comes next? */
  skips(): boolean {
    const index = this.plan.frameAt(this.place++)
    if (index === null || this.wantedSet.has(index) || !this.plan.isSpare(index)) return false
    this.skipped.add(index)
    return true
  }

  /** False where a frame is not what the plan says. */
  run(source: FrameSource, give: (index: number, frame: Frame) => void): boolean {
    const { plan } = this
    /** Number of the frame that comes next; null before the first jump. */
    let at: number | null = null
    for (const index of this.wanted) {
      const keyframe = plan.keyframeBefore(index)
      let frame: Frame | null = null
      if (at === null || keyframe.index >= at + SHORTEST_JUMP) {
        frame = this.jump(source, keyframe)
        if (!frame) return false
        at = keyframe.index
      }
      for (;;) {
        frame ??= source.next()
        // Taking a frame may have passed over packets.
        while (this.skipped.has(at)) at++
        if (!frame || !plan.agrees(at, frame)) return false
        if (at === index) break
        at++
        frame = null
      }
      give(index, frame)
      at++
    }
    return true
  }

  /** The frame of a keyframe, found by seeking; null where it does not come. */
  private jump(source: FrameSource, keyframe: Keyframe): Frame | null {
    this.skipped.clear()
    this.place = keyframe.place + 1
    if (!source.seekKeyframe(keyframe)) return null
    // Pictures that lead the keyframe miss those they are built on.
    for (let passed = 0; passed < MOST_PASSED; passed++) {
      const frame = source.next()
      if (!frame) return null
      if (frame.keyFrame !== 0 && this.plan.agrees(keyframe.index, frame)) return frame
    }
    return null
  }
}

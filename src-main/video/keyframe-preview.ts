import type { Frame } from 'node-av/lib'
import type { FramePlan } from './frame-plan.ts'
import { FrameSource } from './frame-source.ts'

/** Decodes single keyframes, beside whatever else reads the video; opens it when first asked. */
export class KeyframePreview {
  private readonly path: string
  private source: FrameSource | null = null

  constructor(path: string) {
    this.path = path
  }

  /**
   * Keyframe `index` of the video, decoded alone; valid until the next call. Null where `plan` has no
   * keyframe there, or where another picture comes.
   * @throws VideoError when the file cannot be opened
   */
  get(plan: FramePlan, index: number): Frame | null {
    const keyframe = plan.keyframeBefore(index)
    if (keyframe.index !== index) return null
    this.source ??= new FrameSource(this.path)
    const frame = this.source.seekKeyframe(keyframe) ? this.source.decodeAlone() : null
    return frame && plan.agrees(index, frame) ? frame : null
  }

  close(): void {
    this.source?.close()
    this.source = null
  }
}

import { cutMotionPlane } from '#shared/fame/motion-mask/motion-plane.ts'
import type { Click } from '#shared/masks/clicks/picture.ts'
import { ClickSegmenter } from '#shared/masks/clicks/segment-clicks.ts'
import {
  clickPicture,
  COLOURS_OF_CLIP,
  enlargeObject,
  type Frame,
} from '#shared/masks/clicks/sizes.ts'
import type { Mask } from '#shared/masks/mask.ts'

/** What is known of the motion in a clip; planes of [h, w]. */
export interface ClipMotion {
  height: number
  width: number
  /** What the clip's motion mask is cut from. */
  motion: Float32Array
  /** [T, h, w] u8: what is in front in each frame. */
  fronts: Uint8Array
}

/** Finds objects by clicks on one frame. */
export class ClickSource {
  readonly #frame: Frame
  readonly #segmenter: ClickSegmenter

  /**
   * @param motion null where it is not known; then colours alone tell
   * @param at number of the frame in the clip; null to find where the object is in any frame of it
   */
  constructor(frame: Frame, motion: ClipMotion | null, at: number | null) {
    this.#frame = frame
    const colours = at === null ? COLOURS_OF_CLIP : 1
    this.#segmenter = new ClickSegmenter(
      clickPicture(frame, motion && movingOf(motion, at), colours),
    )
  }

  /** @param clicks in pixels of the frame @returns the object at the frame's size */
  find(clicks: readonly Click[]): Mask {
    const { picture } = this.#segmenter
    const { width, height } = this.#frame
    const [right, down] = [picture.width / width, picture.height / height]
    const small = clicks.map(({ x, y, value }) => ({ x: x * right, y: y * down, value }))
    const data = enlargeObject(this.#segmenter.segment(small), picture, this.#frame)
    return { data, width, height }
  }
}

function movingOf({ motion, fronts, width, height }: ClipMotion, at: number | null) {
  const pixels = width * height
  if (at !== null) return { width, height, data: fronts.subarray(at * pixels, (at + 1) * pixels) }
  const data = new Uint8Array(pixels)
  cutMotionPlane(motion, data)
  return { width, height, data }
}

import type { Ground } from './ground.ts'
import { dropSmall, majority } from './regions.ts'
import { isShadow } from './shadow.ts'
import type { Stack } from './stack.ts'

/** Part of the threshold of change by which a frame must differ from the ground. */
const PART = 0.6

/** Pixels of the least region. */
const LEAST_REGION = 12

/** What the frames of a stack are parted by. */
export interface Parts {
  /** [H, W]: 1 where something passes. */
  swept: Uint8Array
  /** [H, W]: 1 where the front is in every frame. */
  resting: Uint8Array
  ground: Ground
  threshold: number
}

/**
 * What is front in one frame: of the swept places those that differ from the ground by more than a
 * shadow would.
 * @param out [H, W]; receives 1 in front
 * @param shaded [H, W]; is set to 1 where the frame shows a shadow
 */
export function frontOfFrame(
  stack: Stack,
  t: number,
  { swept, resting, ground, threshold }: Parts,
  out: Uint8Array,
  shaded: Uint8Array,
): void {
  const { height, width, data, known } = stack
  const pixels = height * width
  const { behind } = ground
  const rough = new Uint8Array(pixels)
  const limit = PART * threshold
  for (let i = 0, q = t * pixels; i < pixels; i++, q++) {
    if (known[q] === 0) continue
    if (resting[i] === 1) {
      rough[i] = 1
    } else if (swept[i] === 1) {
      const difference =
        Math.abs(data[3 * q] - behind[3 * i]) +
        Math.abs(data[3 * q + 1] - behind[3 * i + 1]) +
        Math.abs(data[3 * q + 2] - behind[3 * i + 2])
      if (difference <= limit) continue
      if (isShadow(stack, t, i, behind)) shaded[i] = 1
      else rough[i] = 1
    }
  }
  majority(rough, height, width, 1, out)
  dropSmall(out, height, width, LEAST_REGION)
}

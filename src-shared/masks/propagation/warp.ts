import type { FlowField } from '../../flow/field.ts'

/** A mask carried from one frame to another, with what is known of each pixel. */
export interface CarriedMask {
  /** [H, W] in [0, 1]: how far a pixel is foreground. */
  soft: Float32Array
  /** [H, W] u8: 1 where the flow there and back agrees, so that the pixel is the same thing. */
  sure: Uint8Array
}

/** Sundaram, Brox and Keutzer, ECCV 2010, equation 5: flow there and back may differ by so much. */
const RELATIVE = 0.01
const ABSOLUTE = 0.5

/**
 * Carries a mask to another frame by optical flow, with the forward-backward check.
 * @param soft mask of the frame before, [H, W] in [0, 1]
 * @param back flow from the other frame to the one before, in pixels
 * @param there flow from the frame before to the other
 */
export function warpMask(soft: Float32Array, back: FlowField, there: FlowField): CarriedMask {
  const { width, height } = back
  const carried = new Float32Array(width * height)
  const sure = new Uint8Array(width * height)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const [u, v] = [back.u[i], back.v[i]]
      const at = placeOf(x + u, y + v, width, height)
      carried[i] = sampleAt(soft, at)
      const returned = [sampleAt(there.u, at), sampleAt(there.v, at)]
      const off = (u + returned[0]) ** 2 + (v + returned[1]) ** 2
      const length = u * u + v * v + returned[0] ** 2 + returned[1] ** 2
      sure[i] = Number(at.isInside && off <= RELATIVE * length + ABSOLUTE)
    }
  }
  return { soft: carried, sure }
}

/** A place between four pixels. */
interface Between {
  /** Of the upper left one. */
  index: number
  right: number
  down: number
  /** Weights of the right and the lower ones. */
  across: number
  below: number
  isInside: boolean
}

function placeOf(x: number, y: number, width: number, height: number): Between {
  const column = Math.min(width - 1, Math.max(0, x))
  const row = Math.min(height - 1, Math.max(0, y))
  const [left, top] = [Math.floor(column), Math.floor(row)]
  return {
    index: top * width + left,
    right: left + 1 < width ? 1 : 0,
    down: top + 1 < height ? width : 0,
    across: column - left,
    below: row - top,
    isInside: x === column && y === row,
  }
}

function sampleAt(plane: Float32Array, { index, right, down, across, below }: Between): number {
  const upper = plane[index] * (1 - across) + plane[index + right] * across
  const lower = plane[index + down] * (1 - across) + plane[index + down + right] * across
  return upper * (1 - below) + lower * below
}

import type { Clip } from '../clip.ts'
import type { CameraMotion } from './motion.ts'

/**
 * How much each pixel changes from frame to frame once the camera's motion is taken out: the second
 * frame of each pair is brought onto the first by bilinear sampling. What would come from outside the
 * second frame, or from behind the camera, is left out, and the mean is over the pairs that are left.
 */
export class CompensatedChange {
  private readonly valid: Uint16Array // [H, W]

  /** @param pixels H * W */
  constructor(pixels: number) {
    this.valid = new Uint16Array(pixels)
  }

  /**
   * @param clip [T, H, W, 3]
   * @param motions [T - 1]
   * @param change [H, W]; receives the mean of |difference| summed over RGB, 0..3; 0 where no pair
   * is left
   */
  measure(clip: Clip, motions: readonly CameraMotion[], change: Float32Array): void {
    const { valid } = this
    change.fill(0)
    valid.fill(0)
    motions.forEach((motion, t) => {
      for (let y = 0; y < clip.height; y++) addRow(clip, t, y, motion, change, valid)
    })
    const full = clip.data instanceof Uint8Array ? 255 : 1
    for (let i = 0; i < change.length; i++) change[i] /= full * Math.max(1, valid[i])
  }
}

/** Adds |frame t+1, brought onto frame t, - frame t| of one row. */
function addRow(
  { data, height, width }: Clip,
  t: number,
  y: number,
  [u0, ux, uy, v0, vx, vy, g = 0, h = 0]: CameraMotion,
  change: Float32Array,
  valid: Uint16Array,
): void {
  const X = -(width - 1) / 2
  const Y = y - (height - 1) / 2
  const next = (t + 1) * height * width
  const row = width * 3
  const centreY = (height - 1) / 2
  let mx = u0 + ux * X + uy * Y
  let my = y + v0 + vx * X + vy * Y
  let w = 1 + g * X + h * Y
  for (let x = 0, p = y * width, i = (t * height + y) * row; x < width; x++, p++, i += 3) {
    const sx = w === 1 ? mx : (mx + X) / w - X
    const sy = w === 1 ? my : (my - centreY) / w + centreY
    if (w > 0 && sx >= 0 && sy >= 0 && sx <= width - 1 && sy <= height - 1) {
      const left = Math.min(sx | 0, width - 2)
      const top = Math.min(sy | 0, height - 2)
      const fx = sx - left
      const fy = sy - top
      const j = (next + top * width + left) * 3
      change[p] +=
        Math.abs(bilinear(data, j, row, fx, fy) - data[i]) +
        Math.abs(bilinear(data, j + 1, row, fx, fy) - data[i + 1]) +
        Math.abs(bilinear(data, j + 2, row, fx, fy) - data[i + 2])
      valid[p]++
    }
    mx += 1 + ux
    my += vx
    w += g
  }
}

function bilinear(data: Clip['data'], i: number, row: number, fx: number, fy: number): number {
  const upper = data[i] + fx * (data[i + 3] - data[i])
  const lower = data[i + row] + fx * (data[i + row + 3] - data[i + row])
  return upper + fy * (lower - upper)
}

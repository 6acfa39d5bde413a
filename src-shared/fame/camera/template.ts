import type { Affine, CameraMotion } from './motion.ts'
import type { GreyLevel } from './grey-pyramid.ts'

/**
 * Squared grey levels a pixel that are added to each squared gradient: what noise alone gives. It
 * keeps pixels without texture from having a say.
 */
const NOISE = 9

/** The first frame of a pair at one level: what the second is matched to. */
export interface Template {
  level: GreyLevel
  /** Grey levels a pixel. */
  gradientX: Float32Array // [H, W]
  gradientY: Float32Array // [H, W]
  /** 1 / (|gradient|^2 + noise): times a squared grey difference it gives squared pixels. */
  perPixel: Float32Array // [H, W]
}

export function createTemplate(level: GreyLevel): Template {
  const pixels = level.height * level.width
  return {
    level,
    gradientX: new Float32Array(pixels),
    gradientY: new Float32Array(pixels),
    perPixel: new Float32Array(pixels),
  }
}

/** Measures the gradients by central differences; the outermost pixels have none. */
export function fillTemplate({ level, gradientX, gradientY, perPixel }: Template): void {
  const { data, height, width } = level
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * width + 1; i < (y + 1) * width - 1; i++) {
      const gx = (data[i + 1] - data[i - 1]) / 2
      const gy = (data[i + width] - data[i - width]) / 2
      gradientX[i] = gx
      gradientY[i] = gy
      perPixel[i] = 1 / (gx * gx + gy * gy + NOISE)
    }
  }
}

/**
 * As `residualRow`, for every pixel of a row and motions of both kinds.
 * @param out [W]; receives the differences in grey levels, NaN where the motion leads outside
 */
export function residualRowOf(
  level: GreyLevel,
  next: Float32Array,
  motion: CameraMotion,
  y: number,
  stride: number,
  out: Float32Array,
): void {
  if (motion.length === 6) return residualRow(level, next, motion, y, stride, out)
  const { data, width, height, centreX, centreY } = level
  const [u0, ux, uy, v0, vx, vy, p, q] = motion
  const Y = y - centreY
  for (let x = 1; x < width - 1; x += stride) {
    const X = x - centreX
    const w = 1 + p * X + q * Y
    const sx = centreX + (X + u0 + ux * X + uy * Y) / w
    const sy = centreY + (Y + v0 + vx * X + vy * Y) / w
    if (!(w > 0 && sx >= 0 && sy >= 0 && sx < width - 1 && sy < height - 1)) {
      out[x] = NaN
      continue
    }
    const left = sx | 0
    const top = sy | 0
    const fx = sx - left
    const j = top * width + left
    const upper = next[j] + fx * (next[j + 1] - next[j])
    const lower = next[j + width] + fx * (next[j + width + 1] - next[j + width])
    out[x] = upper + (sy - top) * (lower - upper) - data[y * width + x]
  }
}

/**
 * How far one row of the second frame, brought onto the first by `motion`, differs from it.
 * @param motion in pixels of this level
 * @param y 1..H-2
 * @param stride distance between the pixels looked at; the first is x = 1, the last below W-1
 * @param out [W]; receives the differences in grey levels, NaN where the motion leads outside
 */
export function residualRow(
  { data, width, height, centreX, centreY }: GreyLevel,
  next: Float32Array,
  [u0, ux, uy, v0, vx, vy]: Affine,
  y: number,
  stride: number,
  out: Float32Array,
): void {
  const Y = y - centreY
  const X = 1 - centreX
  let sx = 1 + u0 + ux * X + uy * Y
  let sy = y + v0 + vx * X + vy * Y
  const stepX = stride * (1 + ux)
  const stepY = stride * vx
  for (let x = 1; x < width - 1; x += stride, sx += stepX, sy += stepY) {
    if (!(sx >= 0 && sy >= 0 && sx < width - 1 && sy < height - 1)) {
      out[x] = NaN
      continue
    }
    const left = sx | 0
    const top = sy | 0
    const fx = sx - left
    const j = top * width + left
    const upper = next[j] + fx * (next[j + 1] - next[j])
    const lower = next[j + width] + fx * (next[j + width + 1] - next[j + width])
    out[x] = upper + (sy - top) * (lower - upper) - data[y * width + x]
  }
}

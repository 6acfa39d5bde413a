import type { CameraMotion } from '../camera/motion.ts'

/**
 * A map of pixels between two frames of a plane: x' = (a x + b y + c) / w and y' = (d x + e y + f) / w
 * with w = g x + h y + 1. Affine maps have g = h = 0.
 */
export type PixelMap = readonly [
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
  g: number,
  h: number,
]

export const SAME: PixelMap = [1, 0, 0, 0, 1, 0, 0, 0]

export function shiftBy(x: number, y: number): PixelMap {
  return [1, 0, x, 0, 1, y, 0, 0]
}

/** A camera's motion from one frame to the next as a map of pixels. */
export function mapOf(motion: CameraMotion, height: number, width: number): PixelMap {
  const [u0, ux, uy, v0, vx, vy, p = 0, q = 0] = motion
  const X = (width - 1) / 2
  const Y = (height - 1) / 2
  const centred: PixelMap = [
    1 + ux,
    uy,
    u0 - ux * X - uy * Y,
    vx,
    1 + vy,
    v0 - vx * X - vy * Y,
    0,
    0,
  ]
  if (p === 0 && q === 0) return centred
  const aboutCentre: PixelMap = [1 + ux, uy, u0, vx, 1 + vy, v0, p, q]
  return chained(shiftBy(X, Y), chained(aboutCentre, shiftBy(-X, -Y)))
}

/** First `before`, then `after`. */
export function chained(after: PixelMap, before: PixelMap): PixelMap {
  const [a, b, c, d, e, f, g, h] = after
  const [a2, b2, c2, d2, e2, f2, g2, h2] = before
  const unit = g * c2 + h * f2 + 1
  return [
    (a * a2 + b * d2 + c * g2) / unit,
    (a * b2 + b * e2 + c * h2) / unit,
    (a * c2 + b * f2 + c) / unit,
    (d * a2 + e * d2 + f * g2) / unit,
    (d * b2 + e * e2 + f * h2) / unit,
    (d * c2 + e * f2 + f) / unit,
    (g * a2 + h * d2 + g2) / unit,
    (g * b2 + h * e2 + h2) / unit,
  ]
}

export function inverted([a, b, c, d, e, f, g, h]: PixelMap): PixelMap {
  const det = a * e - b * d
  return [
    (e - f * h) / det,
    (c * h - b) / det,
    (b * f - c * e) / det,
    (f * g - d) / det,
    (a - c * g) / det,
    (c * d - a * f) / det,
    (d * h - e * g) / det,
    (b * g - a * h) / det,
  ]
}

/** Where a place comes to lie; NaN for one that the map sends behind the camera. */
export function placed([a, b, c, d, e, f, g, h]: PixelMap, x: number, y: number): [number, number] {
  const w = g * x + h * y + 1
  if (!(w > 0)) return [NaN, NaN]
  return [(a * x + b * y + c) / w, (d * x + e * y + f) / w]
}

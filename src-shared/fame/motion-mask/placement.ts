import type { Affine } from '../camera/affine.ts'
import type { Box } from './crop.ts'

/** An affine map of pixels: x' = a x + b y + c and y' = d x + e y + f. */
export type PixelMap = readonly [a: number, b: number, c: number, d: number, e: number, f: number]

const SAME: PixelMap = [1, 0, 0, 0, 1, 0]

/** A camera's motion from one frame to the next as a map of pixels. */
function mapOf([u0, ux, uy, v0, vx, vy]: Affine, height: number, width: number): PixelMap {
  const X = (width - 1) / 2
  const Y = (height - 1) / 2
  return [1 + ux, uy, u0 - ux * X - uy * Y, vx, 1 + vy, v0 - vx * X - vy * Y]
}

/** First `before`, then `after`. */
function chained(after: PixelMap, before: PixelMap): PixelMap {
  const [a, b, c, d, e, f] = after
  const [g, h, i, j, k, l] = before
  return [
    a * g + b * j,
    a * h + b * k,
    a * i + b * l + c,
    d * g + e * j,
    d * h + e * k,
    d * i + e * l + f,
  ]
}

export function inverted([a, b, c, d, e, f]: PixelMap): PixelMap {
  const det = a * e - b * d
  return [e / det, -b / det, (b * f - c * e) / det, -d / det, a / det, (c * d - a * f) / det]
}

/** Where frames lie on a canvas that shows what the camera saw of a background at rest. */
export interface Placement {
  /** Pixels of the canvas. */
  height: number
  width: number
  /** [T]: from the canvas to each frame. */
  toFrame: PixelMap[]
}

/** Pixels of a canvas over those of a frame, at most along each side. */
const LARGEST = 2.5

/**
 * Places the frames of a clip on a canvas, on which the frame in the middle of the clip is upright.
 * @param motions from each frame to the next [T - 1]
 */
export function placeFrames(motions: readonly Affine[], height: number, width: number): Placement {
  const frames = motions.length + 1
  const middle = frames >> 1
  const maps = motions.map((motion) => mapOf(motion, height, width))
  const toFrame: PixelMap[] = Array.from({ length: frames }, () => SAME)
  for (let t = middle; t < frames - 1; t++) toFrame[t + 1] = chained(maps[t], toFrame[t])
  for (let t = middle; t > 0; t--) toFrame[t - 1] = chained(inverted(maps[t - 1]), toFrame[t])
  let [left, top, right, bottom] = [0, 0, width - 1, height - 1]
  for (const map of toFrame) {
    const [a, b, c, d, e, f] = inverted(map)
    for (const [x, y] of [
      [0, 0],
      [width - 1, 0],
      [0, height - 1],
      [width - 1, height - 1],
    ]) {
      left = Math.min(left, a * x + b * y + c)
      right = Math.max(right, a * x + b * y + c)
      top = Math.min(top, d * x + e * y + f)
      bottom = Math.max(bottom, d * x + e * y + f)
    }
  }
  const fit = (low: number, high: number, side: number): [number, number] => {
    const most = Math.floor(((LARGEST - 1) / 2) * side)
    const start = Math.max(-most, Math.floor(low))
    return [start, Math.min(side - 1 + most, Math.ceil(high)) - start + 1]
  }
  const [startX, canvasWidth] = fit(left, right, width)
  const [startY, canvasHeight] = fit(top, bottom, height)
  const shift: PixelMap = [1, 0, startX, 0, 1, startY]
  return {
    height: canvasHeight,
    width: canvasWidth,
    toFrame: toFrame.map((map) => chained(map, shift)),
  }
}

/** The same frames on a part of the canvas. */
export function placedWithin({ toFrame }: Placement, { left, top, height, width }: Box): Placement {
  const shift: PixelMap = [1, 0, left, 0, 1, top]
  return { height, width, toFrame: toFrame.map((map) => chained(map, shift)) }
}

/** Of frames that lie on one another as they are. */
export function placedAlike(frames: number, height: number, width: number): Placement {
  return { height, width, toFrame: Array.from({ length: frames }, () => SAME) }
}

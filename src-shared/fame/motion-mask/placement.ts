import type { CameraMotion } from '../camera/motion.ts'
import type { Box } from './crop.ts'
import { chained, inverted, mapOf, placed, SAME, shiftBy, type PixelMap } from './pixel-map.ts'

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
 * @returns null where the chained motions send a corner of a frame to infinity or behind the camera
 */
export function placeFrames(
  motions: readonly CameraMotion[],
  height: number,
  width: number,
): Placement | null {
  const frames = motions.length + 1
  const middle = frames >> 1
  const maps = motions.map((motion) => mapOf(motion, height, width))
  const toFrame: PixelMap[] = Array.from({ length: frames }, () => SAME)
  for (let t = middle; t < frames - 1; t++) toFrame[t + 1] = chained(maps[t], toFrame[t])
  for (let t = middle; t > 0; t--) toFrame[t - 1] = chained(inverted(maps[t - 1]), toFrame[t])
  let [left, top, right, bottom] = [0, 0, width - 1, height - 1]
  for (const map of toFrame) {
    const toCanvas = inverted(map)
    for (const [x, y] of [
      [0, 0],
      [width - 1, 0],
      [0, height - 1],
      [width - 1, height - 1],
    ]) {
      const [column, row] = placed(toCanvas, x, y)
      if (!Number.isFinite(column + row)) return null
      left = Math.min(left, column)
      right = Math.max(right, column)
      top = Math.min(top, row)
      bottom = Math.max(bottom, row)
    }
  }
  const fit = (low: number, high: number, side: number): [number, number] => {
    const most = Math.floor(((LARGEST - 1) / 2) * side)
    const start = Math.max(-most, Math.floor(low))
    return [start, Math.min(side - 1 + most, Math.ceil(high)) - start + 1]
  }
  const [startX, canvasWidth] = fit(left, right, width)
  const [startY, canvasHeight] = fit(top, bottom, height)
  const shift = shiftBy(startX, startY)
  return {
    height: canvasHeight,
    width: canvasWidth,
    toFrame: toFrame.map((map) => chained(map, shift)),
  }
}

/** The same frames on a part of the canvas. */
export function placedWithin({ toFrame }: Placement, { left, top, height, width }: Box): Placement {
  const shift = shiftBy(left, top)
  return { height, width, toFrame: toFrame.map((map) => chained(map, shift)) }
}

/** Of frames that lie on one another as they are. */
export function placedAlike(frames: number, height: number, width: number): Placement {
  return { height, width, toFrame: Array.from({ length: frames }, () => SAME) }
}

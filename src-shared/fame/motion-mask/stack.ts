import type { Clip } from '../clip.ts'
import type { Memory } from './memory.ts'
import { inverted } from './pixel-map.ts'
import type { Placement } from './placement.ts'

/** The frames of a clip on one canvas. */
export interface Stack {
  frames: number
  height: number
  width: number
  /** [T, H, W, 3], 0..255; anything where the frame does not show the place */
  data: Float32Array
  /** [T, H, W]: 1 where the frame shows the place. */
  known: Uint8Array
  /** Whether the camera rests, so that every frame shows all. */
  isStill: boolean
}

/** Brings every frame onto the canvas, bilinear. */
export function stackFrames(
  clip: Clip,
  placement: Placement,
  isStill: boolean,
  memory: Memory,
): Stack {
  const { frames } = clip
  const { height, width } = placement
  const data = memory.float('stack', frames * height * width * 3)
  const known = memory.byte('known', frames * height * width)
  const unit = clip.data instanceof Uint8Array ? 1 : 255
  if (isStill) {
    for (let i = 0; i < data.length; i++) data[i] = clip.data[i] * unit
    known.fill(1)
  } else {
    known.fill(0)
    for (let t = 0; t < frames; t++) warp(clip, t, placement, unit, data, known)
  }
  return { frames, height, width, data, known, isStill }
}

function warp(
  clip: Clip,
  t: number,
  { height, width, toFrame }: Placement,
  unit: number,
  data: Float32Array,
  known: Uint8Array,
): void {
  const [a, b, c, d, e, f, g, h] = toFrame[t]
  const { data: from, height: rows, width: columns } = clip
  const line = columns * 3
  for (let y = 0, i = t * height * width; y < height; y++) {
    let mx = b * y + c
    let my = e * y + f
    let w = h * y + 1
    for (let x = 0; x < width; x++, i++, mx += a, my += d, w += g) {
      const near = 1 / w
      const sx = mx * near
      const sy = my * near
      if (!(w > 0 && sx >= 0 && sy >= 0 && sx <= columns - 1 && sy <= rows - 1)) continue
      const left = Math.min(sx | 0, columns - 2)
      const top = Math.min(sy | 0, rows - 2)
      const fx = sx - left
      const fy = sy - top
      const j = ((t * rows + top) * columns + left) * 3
      const w11 = fx * fy * unit
      const w01 = fx * unit - w11
      const w10 = fy * unit - w11
      const w00 = unit - w01 - w10 - w11
      for (let k = j, o = i * 3; k < j + 3; k++, o++) {
        data[o] =
          w00 * from[k] + w01 * from[k + 3] + w10 * from[k + line] + w11 * from[k + line + 3]
      }
      known[i] = 1
    }
  }
}

/**
 * Brings a plane of the canvas to one frame: each pixel takes the nearest place, or 0 beyond the canvas.
 * @param plane [H, W] of the canvas
 * @param out [H, W] of the frame
 */
export function planeOfFrame<Plane extends Uint8Array | Float32Array>(
  plane: Plane,
  { height, width, toFrame }: Placement,
  t: number,
  frame: { height: number; width: number },
  out: Plane,
): void {
  const [a, b, c, d, e, f, g, h] = inverted(toFrame[t])
  for (let y = 0, i = 0; y < frame.height; y++) {
    for (let x = 0; x < frame.width; x++, i++) {
      const w = g * x + h * y + 1
      const column = Math.round((a * x + b * y + c) / w)
      const row = Math.round((d * x + e * y + f) / w)
      const isInside = w > 0 && column >= 0 && row >= 0 && column < width && row < height
      out[i] = isInside ? plane[row * width + column] : 0
    }
  }
}

import type { GreyImage } from './field.ts'

/** Weights of red, green and blue (BT.601) in 1/32768, as OpenCV rounds them. */
const RED = 9798
const GREEN = 19235
const BLUE = 3735
const HALF = 1 << 14

/**
 * The grey values of one frame of RGB bytes, rounded to the nearest.
 * @param rgb [N, H, W, 3]
 * @param frame which of the N
 */
export function greyOf(
  rgb: { data: Uint8Array; width: number; height: number },
  frame = 0,
): GreyImage {
  const { width, height } = rgb
  const pixels = width * height
  const data = new Uint8Array(pixels)
  for (let i = 0, at = frame * pixels * 3; i < pixels; i++, at += 3) {
    const sum = RED * rgb.data[at] + GREEN * rgb.data[at + 1] + BLUE * rgb.data[at + 2]
    data[i] = (sum + HALF) >> 15
  }
  return { width, height, data }
}

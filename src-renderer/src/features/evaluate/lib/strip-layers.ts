import { paintHeat } from '../../../charts/heat.ts'

const GREY_LEVELS = 255

/**
 * A grey picture in heat colours, the colder the more transparent.
 * @param grey [N, 4] RGBA; red counts
 * @returns [N, 4] RGBA
 */
export function heatPixels(grey: Uint8ClampedArray): Uint8ClampedArray<ArrayBuffer> {
  const plane = Float32Array.from({ length: grey.length / 4 }, (_, i) => grey[4 * i] ?? 0)
  const rgba = new Uint8ClampedArray(grey.length)
  paintHeat(plane, GREY_LEVELS, rgba)
  plane.forEach((value, i) => (rgba[4 * i + 3] = value))
  return rgba
}

/**
 * The inner edge of the white areas of pictures side by side, white on nothing.
 * @param grey [H, W, 4] RGBA; red above half is inside
 * @param width W
 * @param side of a picture: what lies in another one is no neighbour
 * @returns [H, W, 4] RGBA
 */
export function outlinePixels(
  grey: Uint8ClampedArray,
  width: number,
  side: number,
): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(grey.length)
  const isInside = (i: number) => (grey[4 * i] ?? 0) > GREY_LEVELS / 2
  for (let i = 0; i < grey.length / 4; i++) {
    if (!isInside(i)) continue
    const x = (i % width) % side
    const beside = [i - width, i + width]
    if (x > 0) beside.push(i - 1)
    if (x < side - 1) beside.push(i + 1)
    const inPicture = beside.filter((at) => at >= 0 && at < grey.length / 4)
    if (inPicture.every(isInside)) continue
    rgba.fill(255, 4 * i, 4 * i + 4)
  }
  return rgba
}

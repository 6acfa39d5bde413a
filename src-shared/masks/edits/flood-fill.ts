import {
  EMPTY_RECTANGLE,
  joinRectangles,
  MaskError,
  type Mask,
  type Point,
  type Rectangle,
} from '../mask.ts'

/** Keeps a fill to pixels that look like the one it starts from. */
export interface ColourLimit {
  /** [H, W, 3] u8 RGB: the frame under the mask. */
  frame: Uint8Array
  /** Largest difference in any of the three channels, 0..255. */
  tolerance: number
}

/**
 * Fills the region of equal value around a pixel, in place; pixels are joined by their sides.
 * Nothing happens outside the mask or where the value is there already.
 * @param at a place inside the first pixel
 * @param value 1 paints, 0 erases
 * @returns the smallest rectangle around what changed
 * @throws MaskError when the frame is of another size
 */
export function floodFill(mask: Mask, at: Point, value: 0 | 1, limit?: ColourLimit): Rectangle {
  const { height, width } = mask
  const x = Math.floor(at.x)
  const y = Math.floor(at.y)
  if (x < 0 || x >= width || y < 0 || y >= height) return EMPTY_RECTANGLE
  const open = openPixels(mask, y * width + x, value, limit)
  return fillSpans(mask, open, y * width + x, value)
}

/** [H, W] u8: 1 where the fill may go. */
function openPixels(
  { data }: Mask,
  start: number,
  value: number,
  limit: ColourLimit | undefined,
): Uint8Array {
  const open = new Uint8Array(data.length)
  for (let i = 0; i < open.length; i++) open[i] = data[i] === value ? 0 : 1
  if (!limit) return open
  const { frame, tolerance } = limit
  if (frame.length !== data.length * 3) {
    throw new MaskError(
      `Expected a frame of ${data.length * 3} values for this mask, got ${frame.length}.`,
    )
  }
  const [red, green, blue] = frame.subarray(start * 3, start * 3 + 3)
  for (let i = 0, at = 0; i < open.length; i++, at += 3) {
    const isAlike =
      Math.abs(frame[at] - red) <= tolerance &&
      Math.abs(frame[at + 1] - green) <= tolerance &&
      Math.abs(frame[at + 2] - blue) <= tolerance
    if (!isAlike) open[i] = 0
  }
  return open
}

/** Row by row: fills the span around a waiting pixel, and lets one pixel wait a span beside it. */
function fillSpans(mask: Mask, open: Uint8Array, start: number, value: 0 | 1): Rectangle {
  const { data, height, width } = mask
  let changed = EMPTY_RECTANGLE
  const waiting = [start]
  for (let pixel = waiting.pop(); pixel !== undefined; pixel = waiting.pop()) {
    if (!open[pixel]) continue
    const row = pixel - (pixel % width)
    let from = pixel
    let to = pixel + 1
    while (from > row && open[from - 1]) from--
    while (to < row + width && open[to]) to++
    open.fill(0, from, to)
    data.fill(value, from, to)
    const line = row / width
    changed = joinRectangles(changed, { x0: from - row, x1: to - row, y0: line, y1: line + 1 })
    if (line > 0) addSpans(waiting, open, from - width, to - width)
    if (line + 1 < height) addSpans(waiting, open, from + width, to + width)
  }
  return changed
}

function addSpans(waiting: number[], open: Uint8Array, from: number, to: number): void {
  for (let pixel = from, before = 0; pixel < to; pixel++) {
    const now = open[pixel]
    if (now && !before) waiting.push(pixel)
    before = now
  }
}

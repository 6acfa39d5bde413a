/** One binary mask, row-major. */
export interface Mask {
  /** [H, W] u8: 1 foreground, 0 background. */
  data: Uint8Array
  /** H in pixels. */
  height: number
  /** W in pixels. */
  width: number
}

/** Pixels x0 <= x < x1, y0 <= y < y1; empty where x0 = x1 or y0 = y1. */
export interface Rectangle {
  x0: number
  y0: number
  x1: number
  y1: number
}

/** A place on the mask in pixels; pixel (x, y) has its centre at (x + 0.5, y + 0.5). */
export interface Point {
  x: number
  y: number
}

export const EMPTY_RECTANGLE: Rectangle = { x0: 0, y0: 0, x1: 0, y1: 0 }

/** A mask, or its run lengths, that does not fit; the message states both sides. */
export class MaskError extends Error {
  override name = 'MaskError'
}

/** The rectangle cut to what lies inside the mask. */
export function clipRectangle(
  { x0, y0, x1, y1 }: Rectangle,
  { height, width }: Omit<Mask, 'data'>,
): Rectangle {
  const inside = {
    x0: Math.max(0, x0),
    y0: Math.max(0, y0),
    x1: Math.min(width, x1),
    y1: Math.min(height, y1),
  }
  return isEmpty(inside) ? EMPTY_RECTANGLE : inside
}

/** The whole mask. */
export function wholeMask({ height, width }: Omit<Mask, 'data'>): Rectangle {
  return { x0: 0, y0: 0, x1: width, y1: height }
}

/** The smallest rectangle that holds both. */
export function joinRectangles(a: Rectangle, b: Rectangle): Rectangle {
  if (isEmpty(a)) return b
  if (isEmpty(b)) return a
  return {
    x0: Math.min(a.x0, b.x0),
    y0: Math.min(a.y0, b.y0),
    x1: Math.max(a.x1, b.x1),
    y1: Math.max(a.y1, b.y1),
  }
}

export function isEmpty({ x0, y0, x1, y1 }: Rectangle): boolean {
  return x0 >= x1 || y0 >= y1
}

/**
 * Puts other pixels in the place of a mask's own.
 * @param next [H, W] u8 of 0 and 1
 * @returns the smallest rectangle around what changed
 * @throws MaskError when there are not as many
 */
export function replaceMask({ data, width }: Mask, next: Uint8Array): Rectangle {
  if (next.length !== data.length) {
    throw new MaskError(`Expected a mask of ${data.length} pixels, got ${next.length}.`)
  }
  let changed = EMPTY_RECTANGLE
  for (let row = 0; row < data.length; row += width) {
    let from = row
    let to = row + width
    while (from < to && data[from] === next[from]) from++
    if (from === to) continue
    while (data[to - 1] === next[to - 1]) to--
    data.set(next.subarray(from, to), from)
    const y = row / width
    changed = joinRectangles(changed, { x0: from - row, x1: to - row, y0: y, y1: y + 1 })
  }
  return changed
}

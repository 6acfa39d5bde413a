import { clipRectangle, isEmpty, type Mask, type Point, type Rectangle } from '../mask.ts'

/** A brush at one place. */
export interface BrushTip extends Point {
  /** In pixels; below 0.5 counts as 0.5, so that no line has gaps. */
  radius: number
}

/**
 * Paints one sample of a stroke, in place: the discs from one tip to the next, their radius changing
 * evenly, so that pressure gives a line that swells. A pixel is painted when its centre is inside;
 * the pixels under the two tips always are.
 * @param value 1 paints, 0 erases
 * @returns the rectangle that was painted in
 */
export function paintBrush(mask: Mask, from: BrushTip, to: BrushTip, value: 0 | 1): Rectangle {
  const cone = makeCone(from, to)
  const box = clipRectangle(boundsOf(from, to), mask)
  if (isEmpty(box)) return box
  for (let y = box.y0; y < box.y1; y++) {
    const row = y * mask.width
    for (let x = box.x0; x < box.x1; x++) {
      if (isInside(cone, x + 0.5, y + 0.5)) mask.data[row + x] = value
    }
  }
  for (const { x, y } of [from, to]) paintPixel(mask, Math.floor(x), Math.floor(y), value)
  return box
}

/** All discs with centre (x, y) + s * (ux, uy) and radius r + k * s, 0 <= s <= length. */
interface Cone {
  x: number
  y: number
  /** Unit vector along the segment. */
  ux: number
  uy: number
  length: number
  r: number
  k: number
  /** k / sqrt(1 - k^2): how far ahead of its foot the nearest disc of a point lies, by its height. */
  lead: number
}

const LEAST_RADIUS = 0.5

function makeCone(from: BrushTip, to: BrushTip): Cone {
  const [a, b] = [from, to].map(({ radius }) => Math.max(LEAST_RADIUS, radius))
  const length = Math.hypot(to.x - from.x, to.y - from.y)
  if (length <= Math.abs(b - a)) {
    // One of the discs holds the other.
    const { x, y } = a > b ? from : to
    return { x, y, ux: 1, uy: 0, length: 0, r: Math.max(a, b), k: 0, lead: 0 }
  }
  const [ux, uy] = [(to.x - from.x) / length, (to.y - from.y) / length]
  const k = (b - a) / length
  return { x: from.x, y: from.y, ux, uy, length, r: a, k, lead: k / Math.sqrt(1 - k * k) }
}

function isInside({ x, y, ux, uy, length, r, k, lead }: Cone, px: number, py: number): boolean {
  const dx = px - x
  const dy = py - y
  const along = dx * ux + dy * uy
  const across = Math.abs(dx * uy - dy * ux)
  const s = Math.min(length, Math.max(0, along + lead * across))
  const rest = along - s
  const radius = r + k * s
  return rest * rest + across * across <= radius * radius
}

function boundsOf(from: BrushTip, to: BrushTip): Rectangle {
  const reach = Math.max(LEAST_RADIUS, from.radius, to.radius)
  return {
    x0: Math.floor(Math.min(from.x, to.x) - reach),
    y0: Math.floor(Math.min(from.y, to.y) - reach),
    x1: Math.ceil(Math.max(from.x, to.x) + reach),
    y1: Math.ceil(Math.max(from.y, to.y) + reach),
  }
}

function paintPixel({ data, height, width }: Mask, x: number, y: number, value: 0 | 1): void {
  if (x >= 0 && x < width && y >= 0 && y < height) data[y * width + x] = value
}

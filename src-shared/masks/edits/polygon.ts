import { clipRectangle, isEmpty, type Mask, type Point, type Rectangle } from '../mask.ts'

/**
 * Fills a closed polygon, in place, by the even-odd rule: a pixel counts when its centre is inside.
 * A lasso is a polygon of many points.
 * @param corners in order; the last is joined to the first; fewer than 3 fill nothing
 * @param value 1 paints, 0 erases
 * @returns the rectangle that was painted in
 */
export function fillPolygon(mask: Mask, corners: readonly Point[], value: 0 | 1): Rectangle {
  const box = clipRectangle(boundsOf(corners), mask)
  if (isEmpty(box)) return box
  const crossings = crossRows(corners, box)
  crossings.forEach((found, i) => fillRow(mask, box.y0 + i, found, value))
  return box
}

/** Fills the rectangle between two corners, in place; see `fillPolygon`. */
export function fillRectangle(mask: Mask, a: Point, b: Point, value: 0 | 1): Rectangle {
  return fillPolygon(mask, [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }], value)
}

/** Where the outline crosses the middle of each row of the box, not in order. */
function crossRows(corners: readonly Point[], { y0, y1 }: Rectangle): number[][] {
  const rows = Array.from({ length: y1 - y0 }, (): number[] => [])
  corners.forEach((a, i) => {
    const b = corners[(i + 1) % corners.length]
    const [upper, lower] = a.y <= b.y ? [a, b] : [b, a]
    const slope = (lower.x - upper.x) / (lower.y - upper.y)
    // Rows whose middle is at or below the upper end and above the lower one.
    const last = Math.min(y1, Math.ceil(lower.y - 0.5))
    for (let y = Math.max(y0, Math.ceil(upper.y - 0.5)); y < last; y++) {
      rows[y - y0].push(upper.x + (y + 0.5 - upper.y) * slope)
    }
  })
  return rows
}

function fillRow({ data, width }: Mask, y: number, crossings: number[], value: 0 | 1): void {
  crossings.sort((a, b) => a - b)
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const from = Math.max(0, Math.ceil(crossings[i] - 0.5))
    const to = Math.min(width, Math.ceil(crossings[i + 1] - 0.5))
    if (from < to) data.fill(value, y * width + from, y * width + to)
  }
}

function boundsOf(corners: readonly Point[]): Rectangle {
  const box = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity }
  for (const { x, y } of corners) {
    box.x0 = Math.min(box.x0, Math.floor(x))
    box.y0 = Math.min(box.y0, Math.floor(y))
    box.x1 = Math.max(box.x1, Math.ceil(x))
    box.y1 = Math.max(box.y1, Math.ceil(y))
  }
  return box
}

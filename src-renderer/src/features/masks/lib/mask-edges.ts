import type { Mask, Rectangle } from '#shared/masks/mask.ts'

/**
 * The borders between foreground and background as lines between pixels, each as long as it is
 * straight. The border of the picture itself is none.
 * @param within lines on its left and upper side belong to it, those on the others do not
 * @returns x0, y0, x1, y1 of each line, in pixels
 */
export function maskEdges({ data, width }: Mask, within: Rectangle): number[] {
  const lines: number[] = []
  const { x0, y0, x1, y1 } = within
  for (let y = Math.max(1, y0); y < y1; y++) {
    const isEdge = (x: number) => data[y * width + x] !== data[(y - 1) * width + x]
    forEachRun(x0, x1, isEdge, (from, to) => lines.push(from, y, to, y))
  }
  for (let x = Math.max(1, x0); x < x1; x++) {
    const isEdge = (y: number) => data[y * width + x] !== data[y * width + x - 1]
    forEachRun(y0, y1, isEdge, (from, to) => lines.push(x, from, x, to))
  }
  return lines
}

function forEachRun(
  from: number,
  to: number,
  isIn: (at: number) => boolean,
  visit: (from: number, to: number) => void,
): void {
  let start = -1
  for (let at = from; at < to; at++) {
    if (isIn(at)) {
      if (start < 0) start = at
    } else if (start >= 0) {
      visit(start, at)
      start = -1
    }
  }
  if (start >= 0) visit(start, to)
}

/** A rectangle's tiles, numbered row by row in a grid of `columns`. */
export function tilesOf(within: Rectangle, side: number, columns: number, rows: number): number[] {
  const [left, top] = [Math.floor(within.x0 / side), Math.floor(within.y0 / side)]
  const right = Math.min(columns, Math.ceil(within.x1 / side))
  const bottom = Math.min(rows, Math.ceil(within.y1 / side))
  const tiles: number[] = []
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) tiles.push(row * columns + column)
  }
  return tiles
}

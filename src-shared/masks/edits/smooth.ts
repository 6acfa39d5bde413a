import { replaceMask, type Mask, type Rectangle } from '../mask.ts'

/**
 * Gives each pixel the value of most pixels in the square around it, in place; of a tie it keeps its
 * own. Takes away specks and fringes narrower than the radius and leaves straight edges as they are.
 * @param radius in pixels, a whole number from 0: the square has 2 * radius + 1 to a side, as far as
 * it lies in the frame
 * @returns the smallest rectangle around what changed
 */
export function smooth(mask: Mask, radius: number): Rectangle {
  const { data, height, width } = mask
  const sums = sumRows(mask, radius)
  const column = new Int32Array(width)
  const columns = Int32Array.from({ length: width }, (_, x) => within(x, radius, width))
  const next = new Uint8Array(data.length)
  for (let y = -radius; y < height; y++) {
    addRow(column, sums, y + radius, height, 1)
    addRow(column, sums, y - radius - 1, height, -1)
    if (y < 0) continue
    const rows = within(y, radius, height)
    for (let x = 0, i = y * width; x < width; x++, i++) {
      const lead = 2 * column[x] - rows * columns[x]
      next[i] = lead > 0 ? 1 : lead < 0 ? 0 : data[i]
    }
  }
  return replaceMask(mask, next)
}

/** How many of `length` places lie within `radius` of one. */
function within(place: number, radius: number, length: number): number {
  return Math.min(length, place + radius + 1) - Math.max(0, place - radius)
}

/** [H, W]: foreground pixels in the row within `radius` of each pixel. */
function sumRows({ data, width }: Mask, radius: number): Uint16Array {
  const sums = new Uint16Array(data.length)
  for (let row = 0; row < data.length; row += width) {
    let sum = 0
    for (let x = -radius; x < width; x++) {
      if (x + radius < width) sum += data[row + x + radius]
      if (x - radius - 1 >= 0) sum -= data[row + x - radius - 1]
      if (x >= 0) sums[row + x] = sum
    }
  }
  return sums
}

function addRow(
  column: Int32Array,
  sums: Uint16Array,
  y: number,
  height: number,
  sign: 1 | -1,
): void {
  if (y < 0 || y >= height) return
  const row = y * column.length
  for (let x = 0; x < column.length; x++) column[x] += sign * sums[row + x]
}

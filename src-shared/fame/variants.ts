import { normaliseRange } from './motion.ts'

const CELLS = 4
const CHOSEN_CELLS = 8

/** Standard deviation of the centred Gaussian, as part of the height and of the width. */
const GAUSS_SIGMA = 0.25

/**
 * The `gauss` variant's soft mask: a 2-D Gaussian about the centre of the frame with standard
 * deviations of a quarter of its height and of its width.
 * @param soft [H, W]; receives values in (0, 1]
 */
export function fillCentredGaussian(height: number, width: number, soft: Float32Array): void {
  for (let y = 0, i = 0; y < height; y++) {
    const v = (y - (height - 1) / 2) / (GAUSS_SIGMA * height)
    for (let x = 0; x < width; x++, i++) {
      const u = (x - (width - 1) / 2) / (GAUSS_SIGMA * width)
      soft[i] = Math.exp(-(u * u + v * v) / 2)
    }
  }
}

/**
 * The `grid` variant: of 4 x 4 cells, the 8 with the largest sum of the seed region; of equal cells
 * the upper left comes first. Cell borders lie at floor(i * side / 4).
 * @param seed [H, W]
 * @param soft [H, W]; receives each cell's sum, min-max normalised
 * @param mask [H, W]; receives 1 in the chosen cells
 */
export function fillGrid(
  seed: Float32Array,
  height: number,
  width: number,
  soft: Float32Array,
  mask: Uint8Array,
): void {
  const rowCell = cellIndex(height)
  const columnCell = cellIndex(width)
  const sums = new Float32Array(CELLS * CELLS)
  forEachPixel((i, cell) => (sums[cell] += seed[i]))
  const order = Array.from(sums.keys()).sort((a, b) => sums[b] - sums[a] || a - b)
  const chosen = new Uint8Array(CELLS * CELLS)
  for (const cell of order.slice(0, CHOSEN_CELLS)) chosen[cell] = 1
  normaliseRange(sums)
  forEachPixel((i, cell) => {
    soft[i] = sums[cell]
    mask[i] = chosen[cell]
  })

  function forEachPixel(visit: (i: number, cell: number) => void): void {
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) visit(i, rowCell[y] * CELLS + columnCell[x])
    }
  }
}

/** Which of the 4 strips each of `side` positions lies in. */
function cellIndex(side: number): Uint8Array {
  const index = new Uint8Array(side)
  for (let cell = 1; cell < CELLS; cell++) index.fill(cell, Math.floor((cell * side) / CELLS))
  return index
}

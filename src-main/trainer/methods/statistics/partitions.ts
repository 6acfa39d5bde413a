import { BLOCKS } from '#shared/methods/statistics/answers.ts'

/** Cuts a frame into blocks. */
export interface Partition {
  blocks: number
  /** The block of each pixel, counted from 0, [S, S]. */
  blockOf: Uint8Array
  /** Pixels of each block. */
  pixels: Uint32Array
}

/**
 * The partitions of Wang et al. (CVPR 2019): a grid of 4 x 4 from left to right and from top to
 * bottom; 4 concentric square rings from within; 8 triangles with a corner in the middle of the frame,
 * clockwise from the one below the line that leads to the right.
 * @param size S, at least 8
 */
export function partitionsOf(size: number): Partition[] {
  const middle = size / 2
  const quarter = (at: number): number => Math.floor((4 * at) / size)
  const ring = (x: number, y: number): number =>
    Math.min(3, Math.floor((8 * Math.max(Math.abs(x - middle), Math.abs(y - middle))) / size))
  const [grid, rings, triangles] = BLOCKS
  return [
    partition(size, grid, (x, y) => 4 * quarter(y) + quarter(x)),
    partition(size, rings, ring),
    partition(size, triangles, (x, y) => octant(x - middle, y - middle)),
  ]
}

/** @param at the block of a pixel by the place of its centre, in pixels */
function partition(size: number, blocks: number, at: (x: number, y: number) => number): Partition {
  const blockOf = Uint8Array.from({ length: size * size }, (_, i) =>
    at((i % size) + 0.5, Math.floor(i / size) + 0.5),
  )
  const pixels = new Uint32Array(blocks)
  for (const block of blockOf) pixels[block]++
  return { blocks, blockOf, pixels }
}

/** The eighth of the angles around the middle, clockwise as y points down, each with its first edge. */
function octant(x: number, y: number): number {
  if (x > 0 && y >= 0) return y < x ? 0 : 1
  if (x <= 0 && y > 0) return -x < y ? 2 : 3
  if (x < 0 && y <= 0) return -y < -x ? 4 : 5
  return x < -y ? 6 : 7
}

/** The place of the first of the largest numbers. */
export function largestAt(values: ArrayLike<number>): number {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i
  return best
}

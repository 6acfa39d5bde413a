import { countPieces, cutAxes, type CutShape, type PieceGrid } from '#shared/methods/pieces.ts'
import type { Rng } from '#shared/random/rng.ts'
import type { Order } from './orders.ts'

const COLOURS = 3

/** How a batch of clips is cut. */
export interface Cutting {
  shape: CutShape
  grid: PieceGrid
  /** The order of the pieces of each clip, [B]. */
  orders: readonly Order[]
}

/** Where a piece is taken from and where its place is, in frames, rows and columns. */
interface Move {
  from: number[]
  to: number[]
}

/** How far each piece of a clip lies from the corner of its cell, in frames, rows and columns. */
export type Offsets = readonly (readonly number[])[]

/** Random numbers in [0, 1) from which the offsets of one clip follow: one for each place and axis. */
export type PlaceNumbers = readonly (readonly number[])[]

export function drawPlaceNumbers(grid: PieceGrid, rng: Rng): PlaceNumbers {
  return Array.from({ length: countPieces(grid) }, () => [0, 1, 2].map(() => rng.uniform()))
}

/**
 * A random place in its cell for each piece of one clip.
 * @param order of the pieces
 * @param motion of each frame, [T], at least 0: frames of a cell with more of it are likelier. Default: all
 * are equally likely, as where nothing moves
 */
export function offsetsFrom(
  { shape, grid }: Pick<Cutting, 'shape' | 'grid'>,
  order: Order,
  numbers: PlaceNumbers,
  motion?: ArrayLike<number>,
): Offsets {
  const axes = cutAxes(shape, grid)
  const inPart = grid.rows * grid.columns
  return order.map((piece, place) =>
    axes.map(({ cell, piece: length }, axis) => {
      const number = numbers[place][axis]
      const count = cell - length + 1
      if (axis > 0 || !motion) return Math.floor(number * count)
      const first = Math.floor(piece / inPart) * cell
      const weights = Array.from({ length: count }, (_, k) => motion[first + k])
      return weightedPlace(weights, number)
    }),
  )
}

/** The place at which the cumulative share of weights exceeds a number in [0, 1). */
function weightedPlace(weights: readonly number[], number: number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (!(total > 0)) return Math.floor(number * weights.length)
  let left = number * total
  for (const [place, weight] of weights.entries()) {
    if (left < weight) return place
    left -= weight
  }
  // Rounding: the last that can be.
  return weights.findLastIndex((weight) => weight > 0)
}

/**
 * The pieces of clips.
 * @param clips [B, T, S, S, 3] row by row
 * @param offsets of the pieces in their cells, [B]
 * @returns an array [B, t, p, p, 3] for each place
 */
export function cutPieces(
  clips: Float32Array,
  cutting: Cutting,
  offsets: readonly Offsets[],
): Float32Array[] {
  const { shape, grid, orders } = cutting
  const [time, height, width] = cutAxes(shape, grid)
  const length = time.piece * height.piece * width.piece * COLOURS
  const places = orders[0].map(() => new Float32Array(orders.length * length))
  movesOf(cutting, offsets).forEach((moves, clip) =>
    moves.forEach(({ from }, place) => {
      let at = clip * length
      eachLine(cutting, clip, from, (start, end) => {
        places[place].set(clips.subarray(start, end), at)
        at += end - start
      })
    }),
  )
  return places
}

/**
 * The same pieces put together to clips, each in the cell of its place, with a value between them.
 * @param ground for the colours between pieces, [3]
 * @returns [B, T, S, S, 3]
 */
export function showPieces(
  clips: Float32Array,
  cutting: Cutting,
  offsets: readonly Offsets[],
  ground: readonly number[],
): Float32Array {
  const shown = clips.map((_, i) => ground[i % COLOURS])
  movesOf(cutting, offsets).forEach((moves, clip) =>
    moves.forEach(({ from, to }) => {
      const targets: number[] = []
      eachLine(cutting, clip, to, (start) => targets.push(start))
      let line = 0
      eachLine(cutting, clip, from, (start, end) => {
        shown.set(clips.subarray(start, end), targets[line++])
      })
    }),
  )
  return shown
}

/** One move for each place, by clip. */
function movesOf({ shape, grid, orders }: Cutting, offsets: readonly Offsets[]): Move[][] {
  const axes = cutAxes(shape, grid)
  const cellOf = (piece: number): number[] => {
    const { rows, columns } = grid
    return [
      Math.floor(piece / (rows * columns)),
      Math.floor(piece / columns) % rows,
      piece % columns,
    ]
  }
  return orders.map((order, clip) =>
    order.map((piece, place) => {
      const target = cellOf(place)
      return {
        from: cellOf(piece).map((k, axis) => k * axes[axis].cell + offsets[clip][place][axis]),
        to: axes.map(({ cell, piece: length }, axis) => {
          return target[axis] * cell + Math.floor((cell - length) / 2)
        }),
      }
    }),
  )
}

/** Visits the rows of pixels of a piece, as ranges of the numbers of all clips. */
function eachLine(
  { shape, grid }: Cutting,
  clip: number,
  [t0, y0, x0]: readonly number[],
  visit: (start: number, end: number) => void,
): void {
  const { frames, size } = shape
  const [time, height, width] = cutAxes(shape, grid)
  for (let t = t0; t < t0 + time.piece; t++) {
    for (let y = y0; y < y0 + height.piece; y++) {
      const start = (((clip * frames + t) * size + y) * size + x0) * COLOURS
      visit(start, start + width.piece * COLOURS)
    }
  }
}

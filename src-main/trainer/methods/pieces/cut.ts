import { cutAxes, type CutShape, type PieceGrid } from '#shared/methods/pieces.ts'
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

/**
 * The pieces of clips. A piece lies at a random place in its cell.
 * @param clips [B, T, S, S, 3] row by row
 * @returns an array [B, t, p, p, 3] for each place
 */
export function cutPieces(clips: Float32Array, cutting: Cutting, rng: Rng): Float32Array[] {
  const { shape, grid, orders } = cutting
  const [time, height, width] = cutAxes(shape, grid)
  const length = time.piece * height.piece * width.piece * COLOURS
  const places = orders[0].map(() => new Float32Array(orders.length * length))
  movesOf(cutting, rng).forEach((moves, clip) =>
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
  rng: Rng,
  ground: readonly number[],
): Float32Array {
  const shown = clips.map((_, i) => ground[i % COLOURS])
  movesOf(cutting, rng).forEach((moves, clip) =>
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
function movesOf({ shape, grid, orders }: Cutting, rng: Rng): Move[][] {
  const axes = cutAxes(shape, grid)
  const cellOf = (piece: number): number[] => {
    const { rows, columns } = grid
    return [
      Math.floor(piece / (rows * columns)),
      Math.floor(piece / columns) % rows,
      piece % columns,
    ]
  }
  return orders.map((order) =>
    order.map((piece, place) => {
      const target = cellOf(place)
      return {
        from: cellOf(piece).map((k, axis) => {
          const { cell, piece: length } = axes[axis]
          return k * cell + rng.int(cell - length + 1)
        }),
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

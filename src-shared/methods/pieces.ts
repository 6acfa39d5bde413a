/** What methods share that cut clips into pieces and ask in which order these are. */
import { clipFault, encoders, type EncoderName } from '../encoders/index.ts'
import type { PretrainTable } from '../settings/pretraining.ts'
import type { ClipVariant, PictureRow } from './method.ts'

/** Into how many pieces a clip is cut along each axis. */
export interface PieceGrid {
  times: number
  rows: number
  columns: number
  /** Whether a piece is one frame of its part of time. Default false. */
  isStill?: boolean
}

/** The size of a clip and the share of a cell that is left out around its piece. */
export interface CutShape {
  frames: number
  size: number
  pieceGap: number
}

/** One axis that is cut: all cells have the same length, and so have all pieces. */
export interface CutAxis {
  parts: number
  /** Frames or pixels of a cell. */
  cell: number
  /** Frames or pixels of a piece, at most as many. */
  piece: number
}

export const pieceSettings = {
  pieceGap: {
    type: 'number',
    label: 'Gap between pieces',
    meaning:
      'Part of the length of a cell that its piece leaves out, along each axis that is cut. A piece lies at a random place in its cell, so that a network cannot follow edges from one piece to the next. 0.15 is 64 of 75 pixels (Noroozi and Favaro, ECCV 2016)',
    group: 'method',
    min: 0,
    max: 0.5,
    default: 0.15,
  },
  headWidth: {
    type: 'int',
    label: 'Width of the head',
    meaning: 'Units of the hidden layer that takes the features of all pieces together',
    group: 'model',
    min: 4,
    max: 4096,
    default: 512,
  },
} as const satisfies PretrainTable

export const PIECE_PICTURES: readonly PictureRow[] = [
  { name: 'clip', label: 'Clip', meaning: 'The clip before it is cut' },
  {
    name: 'pieces',
    label: 'Pieces',
    meaning:
      'The pieces in the order in which the encoder takes them, each in the cell of its place, with black where nothing is taken',
  },
]

/** How an axis is cut; one that is not cut has one piece of its whole length. */
export function cutAxis(length: number, parts: number, gap: number): CutAxis {
  const cell = Math.floor(length / parts)
  if (parts === 1) return { parts, cell, piece: cell }
  return { parts, cell, piece: Math.max(1, cell - Math.round(cell * gap)) }
}

/** How the frames and both sides of a clip are cut. */
export function cutAxes({ frames, size, pieceGap }: CutShape, grid: PieceGrid): CutAxis[] {
  const time = cutAxis(frames, grid.times, pieceGap)
  return [
    grid.isStill ? { ...time, piece: 1 } : time,
    cutAxis(size, grid.rows, pieceGap),
    cutAxis(size, grid.columns, pieceGap),
  ]
}

export function countPieces({ times, rows, columns }: PieceGrid): number {
  return times * rows * columns
}

/** Why a clip cannot be cut into these pieces, or an encoder cannot take them; null where it can. */
export function piecesFault(shape: CutShape & { model: string }, grid: PieceGrid): string | null {
  const [time, height, width] = cutAxes(shape, grid)
  if (time.cell < 1) {
    return `frames is ${shape.frames}: clips are cut into ${grid.times} parts of time. Set frames to ${grid.times} or more.`
  }
  if (height.cell < 1 || width.cell < 1) {
    return `size is ${shape.size}: too small to be cut. Set size higher.`
  }
  const model = shape.model as EncoderName
  const size = Math.min(height.piece, width.piece)
  const fault = clipFault(model, { frames: time.piece, size })
  if (!fault) return null
  return `${encoders[model].label} cannot take pieces of ${time.piece} frames and ${size} pixels, into which clips are cut here: set frames or size higher, change pieceGap, or choose another encoder.`
}

/** One question for each order: the clip is as it is, and the pieces are put in order after the cut. */
export function orderVariants(orders: number): ClipVariant[] {
  return Array.from({ length: orders }, (_, answer) => ({ answer }))
}

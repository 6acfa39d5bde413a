import { countAt, shareAt, type ConfusionMatrix } from '../metrics/confusion-matrix.ts'
import { text, type Figure, type FigurePalette, type Shape } from './figure.ts'

const MARGIN = 160
/** Above this many classes names no longer fit a page. */
const MOST_NAMED = 120
/** Least pixels of a cell that says how many videos it has. */
const COUNTED = 20

interface Plan {
  matrix: ConfusionMatrix
  /** Place -> class. */
  order: readonly number[]
  palette: FigurePalette
  /** Pixels a cell, and before the first one. */
  cell: number
  margin: number
}

/** How strongly a cell is coloured, [0, 1]: a single video of many is still seen. */
export function confusionStrength(share: number): number {
  return share > 0 ? 0.16 + 0.84 * Math.sqrt(share) : 0
}

/** The whole matrix as a drawing: cells with videos, names where there is room for them. */
export function confusionMatrixFigure(
  matrix: ConfusionMatrix,
  order: readonly number[],
  { title, palette }: { title: string; palette: FigurePalette },
): Figure {
  const { size } = matrix
  const isNamed = size <= MOST_NAMED
  const cell = size <= 24 ? 26 : isNamed ? 12 : 3
  const margin = isNamed ? MARGIN : 32
  const plan = { matrix, order, palette, cell, margin }
  const ground = { x: margin, y: margin, width: cell * size, height: cell * size }
  const side = margin + cell * size + 12
  const shapes: Shape[] = [
    text(title, 12, 20, { fill: palette.text, 'font-size': 13, 'font-weight': 600 }),
    { tag: 'rect', attrs: { ...ground, fill: palette.hover } },
    ...order.flatMap((truth, row) => {
      return order.flatMap((predicted, column) => {
        return cellShapes(plan, { row, truth, column, predicted })
      })
    }),
    ...(isNamed ? order.flatMap((of, place) => nameShapes(plan, of, place)) : []),
  ]
  return { width: side, height: side, title, shapes }
}

function cellShapes(
  { matrix, palette, cell, margin }: Plan,
  at: { row: number; truth: number; column: number; predicted: number },
): Shape[] {
  const count = countAt(matrix, at.truth, at.predicted)
  if (count === 0) return []
  const strength = confusionStrength(shareAt(matrix, at.truth, at.predicted))
  const [x, y] = [margin + at.column * cell, margin + at.row * cell]
  const inner = cell - (cell > 6 ? 1 : 0)
  const fill = at.row === at.column ? palette.accent : palette['series-2']
  const square: Shape = {
    tag: 'rect',
    attrs: { x, y, width: inner, height: inner, fill, 'fill-opacity': strength },
  }
  if (cell < COUNTED) return [square]
  const ink = strength > 0.6 ? palette['on-accent'] : palette.text
  const label = { 'text-anchor': 'middle', fill: ink }
  return [square, text(String(count), x + cell / 2, y + cell / 2 + 4, label)]
}

function nameShapes({ matrix, palette, cell, margin }: Plan, of: number, place: number): Shape[] {
  const middle = margin + (place + 0.5) * cell
  const name = matrix.names[of] ?? ''
  const fill = palette['text-2']
  const upright = `translate(${middle + 4} ${margin - 6}) rotate(-90)`
  return [
    text(name, margin - 6, middle + 4, { 'text-anchor': 'end', fill }),
    { tag: 'text', attrs: { transform: upright, fill }, text: name },
  ]
}

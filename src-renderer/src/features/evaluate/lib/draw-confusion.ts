import type { Palette } from '../../../ui/theme/palette.ts'
import { confusionStrength } from '#shared/figures/confusion-matrix.ts'
import { contextOf } from '../../../charts/canvas.ts'
import { countAt, shareAt, type ConfusionMatrix } from '#shared/metrics/confusion-matrix.ts'
import type { ConfusionPlot, ConfusionView } from './confusion-view.ts'

export interface ConfusionDrawing {
  matrix: ConfusionMatrix
  /** Place -> class. */
  order: readonly number[]
  /** The cells at one pixel each, as `confusionPixels` paints them. */
  pixels: OffscreenCanvas
  plot: ConfusionPlot
  view: ConfusionView
  palette: Palette
  /** Places. */
  pointed: { row: number; column: number } | null
  /** Classes. */
  chosen: { truth: number; predicted: number } | null
}

const FONT = '11px "Inter Variable", system-ui, sans-serif'
/** Names are left out where cells are too small for them, in CSS pixels. */
const LEAST_NAMED = 11
const LEAST_COUNTED = 20
const LEAST_APART = 7

/** One pixel a cell: the diagonal in the accent, the rest in the second colour. */
export function confusionPixels(
  matrix: ConfusionMatrix,
  order: readonly number[],
  palette: Palette,
): OffscreenCanvas {
  const { size } = matrix
  const canvas = new OffscreenCanvas(Math.max(1, size), Math.max(1, size))
  const context = contextOf(canvas)
  const image = context.createImageData(canvas.width, canvas.height)
  const [right, wrong] = [rgb(palette.accent), rgb(palette['series-2'])]
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const share = shareAt(matrix, order[row], order[column])
      if (share === 0) continue
      const at = 4 * (row * size + column)
      image.data.set(row === column ? right : wrong, at)
      image.data[at + 3] = Math.round(255 * confusionStrength(share))
    }
  }
  context.putImageData(image, 0, 0)
  return canvas
}

/** `#52c5d2` -> [82, 197, 210] */
function rgb(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1, 7), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

/** Draws the part of a confusion matrix that is in sight. */
export function drawConfusion(
  canvas: HTMLCanvasElement,
  drawing: ConfusionDrawing,
  ratio: number,
): void {
  const context = canvas.getContext('2d')
  if (!context) return
  const { plot, palette } = drawing
  const [width, height] = [plot.left + plot.width, plot.top + plot.height]
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio)
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio)
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  context.font = FONT
  context.textBaseline = 'middle'
  context.save()
  context.translate(plot.left, plot.top)
  context.beginPath()
  context.rect(0, 0, plot.width, plot.height)
  context.clip()
  drawCells(context, drawing)
  context.restore()
  drawNames(context, drawing)
  context.fillStyle = palette['text-3']
}

/** First and last place in sight along one side. */
function inSight(size: number, from: number, cell: number, room: number): [number, number] {
  return [
    Math.max(0, Math.floor(-from / cell)),
    Math.min(size - 1, Math.ceil((room - from) / cell) - 1),
  ]
}

function drawCells(context: CanvasRenderingContext2D, drawing: ConfusionDrawing): void {
  const { matrix, order, pixels, plot, view, palette, pointed, chosen } = drawing
  const { cell, x, y } = view
  const side = cell * matrix.size
  context.fillStyle = palette.hover
  context.fillRect(x, y, side, side)
  context.imageSmoothingEnabled = cell * window.devicePixelRatio < 1
  context.drawImage(pixels, x, y, side, side)
  const rows = inSight(matrix.size, y, cell, plot.height)
  const columns = inSight(matrix.size, x, cell, plot.width)
  if (cell >= LEAST_APART) drawGrid(context, drawing, rows, columns)
  if (cell >= LEAST_COUNTED) drawCounts(context, drawing, rows, columns)
  if (pointed) {
    context.strokeStyle = palette['text-3']
    context.lineWidth = 1
    context.globalAlpha = 0.6
    context.strokeRect(x, y + pointed.row * cell, side, cell)
    context.strokeRect(x + pointed.column * cell, y, cell, side)
    context.globalAlpha = 1
    frame(context, view, pointed.row, pointed.column, palette.text)
  }
  if (chosen) {
    const [row, column] = [order.indexOf(chosen.truth), order.indexOf(chosen.predicted)]
    frame(context, view, row, column, palette.foreground)
  }
}

/** A frame around a cell, wide enough to be seen where cells are tiny. */
function frame(
  context: CanvasRenderingContext2D,
  { cell, x, y }: ConfusionView,
  row: number,
  column: number,
  colour: string,
): void {
  const side = Math.max(5, cell)
  const middle = (place: number) => (place + 0.5) * cell - side / 2
  context.strokeStyle = colour
  context.lineWidth = 2
  context.strokeRect(x + middle(column), y + middle(row), side, side)
}

function drawGrid(
  context: CanvasRenderingContext2D,
  { view: { cell, x, y }, palette }: ConfusionDrawing,
  rows: [number, number],
  columns: [number, number],
): void {
  const [top, bottom] = [y + rows[0] * cell, y + (rows[1] + 1) * cell]
  const [left, right] = [x + columns[0] * cell, x + (columns[1] + 1) * cell]
  context.beginPath()
  for (let row = rows[0]; row <= rows[1] + 1; row++) {
    context.moveTo(left, y + row * cell)
    context.lineTo(right, y + row * cell)
  }
  for (let column = columns[0]; column <= columns[1] + 1; column++) {
    context.moveTo(x + column * cell, top)
    context.lineTo(x + column * cell, bottom)
  }
  context.strokeStyle = palette.panel
  context.lineWidth = 1
  context.stroke()
}

function drawCounts(
  context: CanvasRenderingContext2D,
  { matrix, order, view: { cell, x, y }, palette }: ConfusionDrawing,
  rows: [number, number],
  columns: [number, number],
): void {
  context.textAlign = 'center'
  for (let row = rows[0]; row <= rows[1]; row++) {
    for (let column = columns[0]; column <= columns[1]; column++) {
      const [truth, predicted] = [order[row], order[column]]
      const count = countAt(matrix, truth, predicted)
      if (count === 0) continue
      const strong = confusionStrength(shareAt(matrix, truth, predicted)) > 0.6
      context.fillStyle = strong ? palette['on-accent'] : palette.text
      context.fillText(String(count), x + (column + 0.5) * cell, y + (row + 0.5) * cell, cell - 3)
    }
  }
}

function drawNames(context: CanvasRenderingContext2D, drawing: ConfusionDrawing): void {
  const { matrix, order, plot, view, palette, pointed } = drawing
  const all = view.cell >= LEAST_NAMED
  const name = (place: number) => matrix.names[order[place]] ?? ''
  const rows = all ? inSight(matrix.size, view.y, view.cell, plot.height) : null
  const columns = all ? inSight(matrix.size, view.x, view.cell, plot.width) : null
  const colour = (isPointed: boolean) => (isPointed ? palette.text : palette['text-3'])
  const rowName = (place: number) => {
    const middle = view.y + (place + 0.5) * view.cell
    if (middle < 0 || middle > plot.height) return
    context.textAlign = 'right'
    context.fillStyle = colour(pointed?.row === place)
    context.fillText(fitted(context, name(place), plot.left - 8), plot.left - 6, plot.top + middle)
  }
  const columnName = (place: number) => {
    const middle = view.x + (place + 0.5) * view.cell
    if (middle < 0 || middle > plot.width) return
    context.save()
    context.translate(plot.left + middle, plot.top - 6)
    context.rotate(-Math.PI / 2)
    context.textAlign = 'left'
    context.fillStyle = colour(pointed?.column === place)
    context.fillText(fitted(context, name(place), plot.top - 8), 0, 0)
    context.restore()
  }
  if (rows && columns) {
    for (let place = rows[0]; place <= rows[1]; place++) rowName(place)
    for (let place = columns[0]; place <= columns[1]; place++) columnName(place)
  } else if (pointed) {
    rowName(pointed.row)
    columnName(pointed.column)
  }
}

/** The text, cut with an ellipsis where it is wider than the room. */
function fitted(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text
  let length = text.length
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > room) length -= 1
  return `${text.slice(0, length)}…`
}

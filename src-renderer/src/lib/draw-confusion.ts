import type { Palette } from '../theme/palette.ts'

export interface ConfusionDrawing {
  counts: readonly (readonly number[])[]
  /** Counts over row sums, [0, 1]. */
  shares: readonly (readonly number[])[]
  classes: readonly string[]
  /** Room in CSS pixels. */
  width: number
  palette: Palette
  pointed: { i: number; j: number } | null
}

/** Where the cells lie, in CSS pixels. */
export interface ConfusionLayout {
  left: number
  top: number
  cell: number
}

const FONT = '11px "Inter Variable", system-ui, sans-serif'
/** Names are left out where cells are too small for them, in CSS pixels. */
const LEAST_NAMED = 11
const LEAST_COUNTED = 22
const WIDEST_NAME = 112

/** Draws a confusion matrix; returns where it put the cells. */
export function drawConfusion(
  canvas: HTMLCanvasElement,
  drawing: ConfusionDrawing,
): ConfusionLayout {
  const { classes, width } = drawing
  const context = canvas.getContext('2d')
  const size = classes.length
  if (!context || size === 0) return { left: 0, top: 0, cell: 1 }
  context.font = FONT
  const widest = Math.max(...classes.map((name) => context.measureText(name).width))
  const named = (width - WIDEST_NAME) / size >= LEAST_NAMED
  const margin = named ? Math.ceil(Math.min(WIDEST_NAME, widest) + 8) : 0
  const cell = Math.min(44, (width - margin) / size)
  const layout = { left: margin, top: margin, cell }
  prepare(canvas, context, margin + cell * size)
  drawCells(context, drawing, layout)
  if (named) drawNames(context, drawing, layout)
  return layout
}

function prepare(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, side: number): void {
  const ratio = window.devicePixelRatio
  canvas.width = Math.ceil(side * ratio)
  canvas.height = Math.ceil(side * ratio)
  canvas.style.width = `${side}px`
  canvas.style.height = `${side}px`
  context.scale(ratio, ratio)
  context.font = FONT
  context.textBaseline = 'middle'
}

function drawCells(
  context: CanvasRenderingContext2D,
  { counts, shares, palette, pointed }: ConfusionDrawing,
  { left, top, cell }: ConfusionLayout,
): void {
  const gap = cell > 6 ? 1 : 0
  context.textAlign = 'center'
  shares.forEach((row, i) =>
    row.forEach((share, j) => {
      const [x, y] = [left + j * cell, top + i * cell]
      context.globalAlpha = 1
      context.fillStyle = palette.hover
      context.fillRect(x, y, cell - gap, cell - gap)
      context.globalAlpha = share > 0 ? 0.12 + 0.88 * share : 0
      context.fillStyle = i === j ? palette.accent : palette['series-2']
      context.fillRect(x, y, cell - gap, cell - gap)
      context.globalAlpha = 1
      const count = counts[i]?.[j] ?? 0
      if (cell >= LEAST_COUNTED && count > 0) {
        context.fillStyle = share > 0.55 ? palette['on-accent'] : palette.text
        context.fillText(String(count), x + cell / 2, y + cell / 2)
      }
    }),
  )
  if (!pointed) return
  context.strokeStyle = palette.text
  context.strokeRect(left + pointed.j * cell, top + pointed.i * cell, cell - gap, cell - gap)
}

function drawNames(
  context: CanvasRenderingContext2D,
  { classes, palette, pointed }: ConfusionDrawing,
  { left, top, cell }: ConfusionLayout,
): void {
  classes.forEach((name, at) => {
    const middle = (at + 0.5) * cell
    context.textAlign = 'right'
    context.fillStyle = pointed?.i === at ? palette.text : palette['text-3']
    context.fillText(name, left - 6, top + middle, left - 6)
    context.save()
    context.translate(left + middle, top - 6)
    context.rotate(-Math.PI / 2)
    context.textAlign = 'left'
    context.fillStyle = pointed?.j === at ? palette.text : palette['text-3']
    context.fillText(name, 0, 0, top - 6)
    context.restore()
  })
}

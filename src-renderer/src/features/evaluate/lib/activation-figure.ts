import type { Palette } from '../../../ui/theme/palette.ts'
import type { ActivationEncoder, ActivationRow } from './activation-rows.ts'
import { contextOf } from '../../../charts/canvas.ts'
import { loadStrip, type Strip } from './strips.ts'

export interface ActivationFigureStyle {
  /** Of the heat, 0 to 1. */
  opacity: number
  outlined: boolean
  palette: Palette
}

const CELL = 160
const GAP = 8
const LABEL = 132
/** Videos side by side. */
const COLUMNS = 8
/** Of all videos, so that a figure fits a page. */
const MOST = 24

/**
 * The middle frame of every clip, above it as it is and below under each encoder's heat, as PNG.
 * @throws Error where a picture cannot be had, or the browser cannot draw
 */
export async function drawActivationFigure(
  rows: readonly ActivationRow[],
  encoders: readonly ActivationEncoder[],
  style: ActivationFigureStyle,
): Promise<Blob> {
  const shown = rows.filter(({ seen }) => seen[0]).slice(0, MOST)
  const bands = Math.ceil(shown.length / COLUMNS)
  const lines = encoders.length + 1
  const width = LABEL + Math.min(COLUMNS, shown.length) * (CELL + GAP) + GAP
  const height = bands * (lines * (CELL + GAP) + 2 * GAP) + GAP
  const context = contextOf(new OffscreenCanvas(width, height))
  context.fillStyle = style.palette.panel
  context.fillRect(0, 0, width, height)
  const columns = shown.map((row, i) => {
    const left = LABEL + (i % COLUMNS) * (CELL + GAP)
    const top = GAP + Math.floor(i / COLUMNS) * (lines * (CELL + GAP) + 2 * GAP)
    return drawColumn(context, row, encoders, { ...style, left, top })
  })
  await Promise.all(columns)
  for (let band = 0; band < bands; band++) {
    const top = GAP + band * (lines * (CELL + GAP) + 2 * GAP)
    nameLines(context, ['Video', ...encoders.map(({ name }) => name)], top, style.palette)
  }
  return context.canvas.convertToBlob()
}

interface Place extends ActivationFigureStyle {
  left: number
  top: number
}

async function drawColumn(
  context: OffscreenCanvasRenderingContext2D,
  row: ActivationRow,
  encoders: readonly ActivationEncoder[],
  { left, top, opacity, outlined }: Place,
): Promise<void> {
  for (const [i, encoder] of encoders.entries()) {
    const pictures = row.seen[i]?.pictures
    if (!pictures) continue
    const strip = await loadStrip({ evaluationId: encoder.id, ...pictures })
    const { frames, size } = pictures
    const from = Math.floor(frames / 2) * size
    const put = (layer: CanvasImageSource, line: number) =>
      context.drawImage(layer, from, 0, size, size, left, top + line * (CELL + GAP), CELL, CELL)
    if (i === 0) put(strip.clip, 0)
    drawLayers(context, strip, { opacity, outlined }, (layer) => put(layer, i + 1))
    strip.clip.close()
  }
}

function drawLayers(
  context: OffscreenCanvasRenderingContext2D,
  { clip, heat, outline }: Strip,
  { opacity, outlined }: Pick<ActivationFigureStyle, 'opacity' | 'outlined'>,
  put: (layer: CanvasImageSource) => void,
): void {
  put(clip)
  if (heat) {
    context.globalAlpha = opacity
    put(heat)
    context.globalAlpha = 1
  }
  if (outline && outlined) put(outline)
}

function nameLines(
  context: OffscreenCanvasRenderingContext2D,
  names: readonly string[],
  top: number,
  palette: Palette,
): void {
  context.fillStyle = palette.text
  context.font = '14px Inter, system-ui, sans-serif'
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  names.forEach((name, line) => {
    const middle = top + line * (CELL + GAP) + CELL / 2
    context.fillText(name, LABEL - 2 * GAP, middle, LABEL - 3 * GAP)
  })
}

import type { MaskState, MaskWindow } from '#shared/contract/mask-windows.ts'
import { clipFrames, clipSpan } from '#shared/fame/clip-window.ts'
import type { Palette } from '../../../ui/theme/palette.ts'
import { columnsOf, frameAt, tickStep, xOf, type TimeView, type TimeWindow } from './timeline.ts'

export interface TimelineScene {
  view: TimeView
  count: number
  window: TimeWindow
  /** Windows that carry a mask or a decision. */
  kept: readonly MaskWindow[]
  /** Motion energy, one a frame; NaN where it is not known yet. */
  energy: Float32Array | null
  /** Where the lane of motion energy ends. */
  mostEnergy: number
  /** The frame to be seen. */
  index: number
}

/** Heights in pixels, from the top: frame numbers, windows, motion energy. */
export const lanes = { ruler: 15, windows: 22, energy: 38 } as const
export const timelineHeight = lanes.ruler + lanes.windows + lanes.energy

type Context = CanvasRenderingContext2D

export function stateColour(state: MaskState, colours: Palette): string {
  if (state === 'approved') return colours.positive
  if (state === 'rejected') return colours.danger
  return state === 'corrected' ? colours['series-3'] : colours['text-3']
}

/** Draws a whole timeline, `width` pixels wide. */
export function drawTimeline(
  context: Context,
  scene: TimelineScene,
  width: number,
  colours: Palette,
): void {
  context.clearRect(0, 0, width, timelineHeight)
  drawRuler(context, scene, width, colours)
  drawEnergy(context, scene, width, colours)
  drawKept(context, scene, width, colours)
  drawWindow(context, scene, width, colours)
  drawPlayhead(context, scene, width, colours)
}

function drawRuler(context: Context, { view }: TimelineScene, width: number, colours: Palette) {
  const step = tickStep(view, width, 64)
  context.font = '10px "Inter Variable", sans-serif'
  context.textBaseline = 'top'
  context.strokeStyle = colours.border
  context.fillStyle = colours['text-3']
  context.lineWidth = 1
  for (let frame = Math.ceil(view.from / step) * step; frame < view.to; frame += step) {
    const x = Math.round(xOf(frame, view, width)) + 0.5
    context.beginPath()
    context.moveTo(x, 0)
    context.lineTo(x, timelineHeight)
    context.stroke()
    context.fillText(String(frame), x + 3, 2)
  }
}

function drawEnergy(context: Context, scene: TimelineScene, width: number, colours: Palette) {
  const { energy, mostEnergy, view } = scene
  const bottom = timelineHeight
  if (!energy) return
  const columns = columnsOf(energy, view, width)
  context.fillStyle = colours['text-3']
  context.globalAlpha = 0.55
  context.beginPath()
  for (let x = 0; x < columns.length; x++) {
    const value = columns[x]
    const share = Math.min(1, value / mostEnergy)
    if (value >= 0) context.rect(x, bottom, 1, -share * (lanes.energy - 3) - 1)
  }
  context.fill()
  context.globalAlpha = 1
}

function drawKept(context: Context, { kept, view }: TimelineScene, width: number, c: Palette) {
  for (const window of kept) {
    const x = xOf(window.start, view, width)
    const w = Math.max(3, xOf(window.start + clipSpan(window), view, width) - x)
    context.fillStyle = stateColour(window.state, c)
    context.globalAlpha = 0.85
    context.fillRect(x, lanes.ruler + lanes.windows - 6, w, 4)
  }
  context.globalAlpha = 1
}

function drawWindow(context: Context, { window, view }: TimelineScene, width: number, c: Palette) {
  const x = xOf(window.start, view, width)
  const w = Math.max(2, xOf(window.start + clipSpan(window), view, width) - x)
  context.fillStyle = c['accent-soft']
  context.fillRect(x, lanes.ruler, w, timelineHeight - lanes.ruler)
  context.strokeStyle = c.accent
  context.lineWidth = 1.5
  context.beginPath()
  context.roundRect(x + 0.75, lanes.ruler + 0.75, Math.max(1, w - 1.5), lanes.windows - 8, 4)
  context.fill()
  context.stroke()
  context.fillStyle = c.accent
  for (const frame of clipFrames(window.start, window)) {
    context.fillRect(xOf(frame + 0.5, view, width) - 0.5, lanes.ruler + 5, 1, lanes.windows - 16)
  }
}

function drawPlayhead(context: Context, scene: TimelineScene, width: number, colours: Palette) {
  const { view, index } = scene
  const left = xOf(index, view, width)
  const right = Math.max(left + 2, xOf(index + 1, view, width))
  context.fillStyle = colours.foreground
  context.globalAlpha = 0.28
  context.fillRect(left, 0, right - left, timelineHeight)
  context.globalAlpha = 1
  const middle = Math.round((left + right) / 2)
  context.fillRect(middle - 0.75, 0, 1.5, timelineHeight)
  context.beginPath()
  context.moveTo(middle - 5, 0)
  context.lineTo(middle + 5, 0)
  context.lineTo(middle, 7)
  context.fill()
}

/** What is kept at a pixel of the lane of windows; the last drawn wins. */
export function keptAt(x: number, { kept, view }: TimelineScene, width: number): MaskWindow | null {
  const frame = frameAt(x, view, width)
  const slack = frameAt(3, view, width) - view.from
  return (
    kept.findLast(
      (window) => frame >= window.start - slack && frame <= window.start + clipSpan(window) + slack,
    ) ?? null
  )
}

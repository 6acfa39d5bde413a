import { scaleLinear, scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import { DIGITS, text, type Area, type Figure, type Shape } from './figure.ts'

export interface PlotPoint {
  x: number
  /** NaN where there is no value: the line has a gap. */
  y: number
}

export interface PlotLine {
  /** '' for a line that is not named. */
  label: string
  colour: string
  /** Pixels. */
  width: number
  points: readonly PlotPoint[]
}

/** What of an axis is in sight. */
export interface PlotAxis {
  from: number
  to: number
  marks: readonly { at: number; text: string }[]
  isLog: boolean
}

export interface CurvePlot {
  title: string
  lines: readonly PlotLine[]
  x: PlotAxis
  y: PlotAxis
  text: string
  grid: string
}

const WIDTH = 640
const HEIGHT = 360
const AREA: Area = { left: 64, top: 36, right: 624, bottom: 320 }

/** Curves as a drawing that scales: what is in sight of a chart, with its axes and names. */
export function curvePlotFigure(plot: CurvePlot): Figure {
  const { title } = plot
  const x = placer(plot.x, AREA.left, AREA.right)
  const y = placer(plot.y, AREA.bottom, AREA.top)
  const path = line<PlotPoint>()
    .defined((point) => Number.isFinite(point.y))
    .x((point) => x(point.x))
    .y((point) => y(point.y))
    .digits(DIGITS)
  const lines = plot.lines.map(({ colour, width, points }): Shape => {
    const stroke = { stroke: colour, 'stroke-width': width, 'stroke-linejoin': 'round' }
    return {
      tag: 'path',
      attrs: { d: path(points) ?? '', fill: 'none', ...stroke },
      isClipped: true,
    }
  })
  const shapes = [
    text(title, AREA.left, 20, { 'font-size': 14, fill: plot.text }),
    ...axisShapes(plot, x, y),
    ...lines,
    ...nameShapes(plot),
  ]
  return { width: WIDTH, height: HEIGHT, title, shapes, area: AREA }
}

function placer(
  { from, to, isLog }: PlotAxis,
  start: number,
  end: number,
): (value: number) => number {
  // An axis of one value has it at its start.
  if (from === to) return () => start
  return (isLog ? scaleLog : scaleLinear)([from, to], [start, end])
}

function axisShapes(
  { x, y, text: fill, grid }: CurvePlot,
  across: (value: number) => number,
  down: (value: number) => number,
): Shape[] {
  const inSight = ({ from, to, marks }: PlotAxis) =>
    marks.filter(({ at }) => at >= from && at <= to)
  return [
    ...inSight(y).flatMap((mark): Shape[] => {
      const at = down(mark.at)
      const ends = { x1: AREA.left, x2: AREA.right, y1: at, y2: at }
      return [
        { tag: 'line', attrs: { ...ends, stroke: grid } },
        text(mark.text, AREA.left - 8, at + 4, { 'text-anchor': 'end', fill }),
      ]
    }),
    ...inSight(x).map((mark) =>
      text(mark.text, across(mark.at), AREA.bottom + 20, { 'text-anchor': 'middle', fill }),
    ),
  ]
}

function nameShapes({ lines }: CurvePlot): Shape[] {
  return lines
    .filter(({ label }) => label !== '')
    .map(({ label, colour }, i) =>
      text(label, AREA.right, 18 + 14 * i, { 'text-anchor': 'end', fill: colour }),
    )
}

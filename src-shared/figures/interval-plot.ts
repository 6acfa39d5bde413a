import { scaleLinear, type ScaleLinear } from 'd3-scale'
import { line } from 'd3-shape'
import { INTERVAL_LAWS, intervalDensity, type IntervalLaw } from '../views/interval.ts'
import { DIGITS, text, type Figure, type FigurePalette, type Shape } from './figure.ts'

export interface IntervalPlot {
  /** The law that stands out. */
  law: IntervalLaw
  power: number
  /** Starts of a clip in the video: intervals are below it. */
  M: number
  /** Intervals that were drawn by that law, in frames. */
  drawn: readonly number[]
  palette: FigurePalette
}

const WIDTH = 520
const HEIGHT = 210
const LEFT = 34
const RIGHT = 508
const TOP = 22
const BOTTOM = 178
const BINS = 25
const POINTS = 200
/** Density in sight; `near` and `far` have 4. */
const HIGHEST = 4.4

/** Laws that have a power, and the powers that are compared. */
const POWERED: readonly IntervalLaw[] = ['decreasing', 'increasing']
const POWERS = [0.5, 1, 2]

/** Where the name of a law stands, as a part of the axis. */
const NAMED_AT: Readonly<Record<IntervalLaw, number>> = {
  independent: 0.34,
  decreasing: 0.03,
  uniform: 0.52,
  increasing: 0.97,
  near: 0.13,
  far: 0.87,
}

interface Axes {
  x: ScaleLinear<number, number>
  y: ScaleLinear<number, number>
}

/**
 * Densities of the interval between two clips, one line a law, with the chosen law at other powers
 * where it has one, and a histogram of intervals that it drew. A uniform interval has the density 1.
 */
export function intervalFigure(plot: IntervalPlot): Figure {
  const axes: Axes = {
    x: scaleLinear([0, 1], [LEFT, RIGHT]),
    y: scaleLinear([0, HIGHEST], [BOTTOM, TOP]).clamp(true),
  }
  const others = INTERVAL_LAWS.filter((law) => law !== plot.law)
  const shapes = [
    ...axisShapes(plot, axes),
    ...barShapes(plot, axes),
    ...powerShapes(plot, axes),
    ...[...others, plot.law].flatMap((law) => lawShapes(law, plot, axes)),
  ]
  const title = `Distribution of the interval between clips: ${plot.law}`
  return { width: WIDTH, height: HEIGHT, title, shapes }
}

function axisShapes({ M, palette }: IntervalPlot, { x, y }: Axes): Shape[] {
  const fill = palette['text-3']
  const levels = [1, 2, 3, 4].flatMap((value): Shape[] => [
    {
      tag: 'line',
      attrs: { x1: LEFT, x2: RIGHT, y1: y(value), y2: y(value), stroke: palette.border },
    },
    text(String(value), LEFT - 8, y(value) + 4, { 'text-anchor': 'end', fill }),
  ])
  const places = [0, 0.25, 0.5, 0.75, 1].map((part) =>
    text(String(Math.round(part * M)), x(part), BOTTOM + 16, { 'text-anchor': 'middle', fill }),
  )
  const base = { x1: LEFT, x2: RIGHT, y1: BOTTOM, y2: BOTTOM, stroke: palette['border-strong'] }
  return [
    ...levels,
    { tag: 'line', attrs: base },
    ...places,
    text('interval in frames', (LEFT + RIGHT) / 2, HEIGHT - 2, { 'text-anchor': 'middle', fill }),
  ]
}

function barShapes({ drawn, M, palette }: IntervalPlot, { x, y }: Axes): Shape[] {
  const counts = new Array<number>(BINS).fill(0)
  for (const interval of drawn) counts[Math.floor((interval / M) * BINS)]++
  const width = (RIGHT - LEFT) / BINS
  return counts.flatMap((count, bin): Shape[] => {
    if (count === 0) return []
    const top = y((count / drawn.length) * BINS)
    const attrs = { x: x(bin / BINS) + 0.5, y: top, width: width - 1, height: BOTTOM - top }
    const [from, to] = [bin, bin + 1].map((edge) => Math.round((edge / BINS) * M))
    const hint = `${count} of ${drawn.length} intervals from ${from} to ${to} frames`
    return [{ tag: 'rect', attrs: { ...attrs, fill: palette.accent, 'fill-opacity': 0.3 }, hint }]
  })
}

/** The chosen law at the other powers, dashed. */
function powerShapes({ law, power, palette }: IntervalPlot, axes: Axes): Shape[] {
  if (!POWERED.includes(law)) return []
  return POWERS.filter((other) => other !== power).map((other) => ({
    tag: 'path',
    attrs: {
      d: densityPath(law, other, axes),
      fill: 'none',
      stroke: palette.accent,
      'stroke-dasharray': '4 3',
    },
    hint: `${law}, power ${other}`,
  }))
}

function lawShapes(law: IntervalLaw, plot: IntervalPlot, axes: Axes): Shape[] {
  const { palette, power } = plot
  const isChosen = law === plot.law
  const stroke = isChosen ? palette.accent : palette['text-3']
  const at = NAMED_AT[law]
  const anchor = at < 0.1 ? 'start' : at > 0.9 ? 'end' : 'middle'
  const width = isChosen ? 2 : 1
  return [
    {
      tag: 'path',
      attrs: { d: densityPath(law, power, axes), fill: 'none', stroke, 'stroke-width': width },
    },
    text(law, axes.x(at), axes.y(intervalDensity(law, at, power)) - 5, {
      'text-anchor': anchor,
      fill: isChosen ? palette.text : palette['text-3'],
    }),
  ]
}

function densityPath(law: IntervalLaw, power: number, { x, y }: Axes): string {
  const path = line<number>()
    .x(x)
    .y((part) => y(intervalDensity(law, part, power)))
    .digits(DIGITS)
  return path(Array.from({ length: POINTS + 1 }, (_, i) => i / POINTS)) ?? ''
}

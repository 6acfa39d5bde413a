import { scaleLinear, type ScaleLinear } from 'd3-scale'
import { area } from 'd3-shape'
import type { Distribution, KernelsArtefact } from '../tasks/kernels/artefact.ts'
import { formatNumber } from '../text/numbers.ts'
import { DIGITS, round, text, type Figure, type FigurePalette, type Shape } from './figure.ts'

/** The kernels of one encoder. */
export interface KernelSeries {
  name: string
  colour: string
  layers: KernelsArtefact['layers']
}

export interface ViolinOptions {
  palette: FigurePalette
  /** Place in time that is drawn, or all of them. */
  tap: number | 'all'
  /** Weights as they are, or each layer by its own deviation, the mean over the encoders. */
  scale: 'weights' | 'deviations'
  /** Pixels there are. */
  width: number
}

const HEIGHT = 300
const LEFT = 56
const TOP = 14
const BOTTOM = 74
/** Least pixels a violin. */
const NARROWEST = 16
/** Deviations in sight to either side. */
const REACH = 3.5
/** About as many marks on the axis. */
const TICKS = 5

/** 'layer1.0.conv1.0.3.weight' -> 'layer1.0.conv1'; 'mixed_3b.branch_1.1.conv3d.weight' keeps its branch. */
export function layerLabel(name: string): string {
  return name
    .replace(/\.weight$/, '')
    .replace(/(\.conv\d)\.0\.3$/, '$1')
    .replace(/\.conv3d$/, '')
}

/** Violin plots of temporal kernel weights by layer, encoders beside one another. */
export function violinFigure(series: readonly KernelSeries[], options: ViolinOptions): Figure {
  const layers = layerNames(series)
  const columns = Math.max(1, layers.length)
  const width = Math.max(options.width, LEFT + columns * (series.length * NARROWEST + 8) + 8)
  const plan = { ...options, width, step: (width - LEFT - 8) / columns, columns, layers }
  const y = axisOf(series, plan)
  const shapes = [
    ...axisShapes(y, plan),
    ...layers.flatMap((name, i) => layerShapes(name, i, plan)),
    ...series.flatMap((one, place) => {
      return layers.flatMap((name, i) =>
        violin(one, name, { i, place, of: series.length }, y, plan),
      )
    }),
  ]
  return { width, height: HEIGHT, title: 'Temporal kernel weights by layer', shapes }
}

interface Plan extends ViolinOptions {
  /** Pixels a layer. */
  step: number
  columns: number
  layers: readonly string[]
}

interface Axis {
  /** What a weight of a layer counts as. */
  value: (layer: string, weight: number) => number
  /** Pixels from above. */
  at: ScaleLinear<number, number>
}

/** Layers in the order of the first encoder, then those that only others have. */
function layerNames(series: readonly KernelSeries[]): string[] {
  return [...new Set(series.flatMap(({ layers }) => layers.map(({ name }) => name)))]
}

function chosen(
  { layers }: KernelSeries,
  name: string,
  tap: ViolinOptions['tap'],
): Distribution | undefined {
  const layer = layers.find((one) => one.name === name)
  return tap === 'all' ? layer?.all : layer?.taps[tap]
}

function axisOf(series: readonly KernelSeries[], plan: Plan): Axis {
  const scales = new Map(plan.layers.map((name) => [name, meanDeviation(series, name)]))
  const value: Axis['value'] = (layer, weight) =>
    plan.scale === 'weights' ? weight : weight / (scales.get(layer) || 1)
  const ends = series.flatMap((one) =>
    plan.layers.flatMap((name) => {
      const found = chosen(one, name, plan.tap)
      if (!found) return []
      const reach = REACH * found.deviation
      return [value(name, found.mean - reach), value(name, found.mean + reach)]
    }),
  )
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)]
  const at = scaleLinear([low, high === low ? low + 1 : high], [HEIGHT - BOTTOM, TOP])
  return { value, at }
}

function meanDeviation(series: readonly KernelSeries[], name: string): number {
  const found = series.flatMap(({ layers }) => layers.filter((layer) => layer.name === name))
  return found.reduce((sum, { all }) => sum + all.deviation, 0) / Math.max(1, found.length)
}

function axisShapes({ at }: Axis, { palette, width, scale }: Plan): Shape[] {
  const lines = at.ticks(TICKS).flatMap((value): Shape[] => {
    const y = at(value)
    const stroke = Math.abs(value) < 1e-12 ? palette['border-strong'] : palette.border
    return [
      { tag: 'line', attrs: { x1: LEFT, x2: width - 8, y1: y, y2: y, stroke } },
      text(formatNumber(round(value * 1e4) / 1e4), LEFT - 8, y + 4, {
        'text-anchor': 'end',
        fill: palette['text-3'],
      }),
    ]
  })
  const label = scale === 'weights' ? 'weight' : 'weight / deviation'
  const middle = (TOP + HEIGHT - BOTTOM) / 2
  return [
    ...lines,
    text(label, 12, middle, {
      'text-anchor': 'middle',
      fill: palette['text-3'],
      transform: `rotate(-90 12 ${middle})`,
    }),
  ]
}

function layerShapes(name: string, i: number, { palette, step }: Plan): Shape[] {
  const x = LEFT + (i + 0.5) * step
  const y = HEIGHT - BOTTOM + 14
  return [
    text(layerLabel(name), x, y, {
      'text-anchor': 'end',
      fill: palette['text-2'],
      transform: `rotate(-38 ${round(x)} ${y})`,
    }),
  ]
}

/** Outline, box from quartile to quartile, and median. */
function violin(
  one: KernelSeries,
  name: string,
  { i, place, of }: { i: number; place: number; of: number },
  axis: Axis,
  { tap, step, palette }: Plan,
): Shape[] {
  const found = chosen(one, name, tap)
  if (!found) return []
  const room = (step - 8) / of
  const x = LEFT + i * step + 4 + (place + 0.5) * room
  const [, lower, median, upper] = found.quantiles.map((v) => axis.at(axis.value(name, v)))
  const half = Math.min(22, room / 2 - 1)
  return [
    {
      tag: 'path',
      attrs: {
        d: outline(found, (v) => axis.at(axis.value(name, v)), x, half),
        fill: one.colour,
        'fill-opacity': 0.35,
        stroke: one.colour,
        'stroke-width': 1,
      },
      hint: hintOf(one, name, found, tap),
    },
    {
      tag: 'rect',
      attrs: {
        x: x - 2,
        y: upper,
        width: 4,
        height: Math.max(0, lower - upper),
        fill: one.colour,
        'pointer-events': 'none',
      },
    },
    {
      tag: 'circle',
      attrs: { cx: x, cy: median, r: 2.2, fill: palette.panel, 'pointer-events': 'none' },
    },
  ]
}

/** A density mirrored about x; the widest place is `half` wide. */
function outline(
  { density: { from, to, shares } }: Distribution,
  at: (value: number) => number,
  x: number,
  half: number,
): string {
  // The outer bins hold all that lies beyond: a bulge there would be an artefact.
  const inner = shares.slice(1, -1)
  const most = Math.max(...inner, 1e-12)
  const width = (to - from) / shares.length
  const outlineOf = area<number>()
    .y((_, i) => at(from + (i + 1.5) * width))
    .x0((share) => x - (half * share) / most)
    .x1((share) => x + (half * share) / most)
    .digits(DIGITS)
  return outlineOf(inner) ?? ''
}

function hintOf(
  { name: run, layers }: KernelSeries,
  layer: string,
  { mean, deviation, quantiles: [low, , median, , high], count }: Distribution,
  tap: ViolinOptions['tap'],
): string {
  const change = layers.find(({ name }) => name === layer)?.change ?? 0
  const which = tap === 'all' ? '' : `, position ${tap + 1} in time`
  return [
    `${run}: ${layerLabel(layer)}${which}`,
    `median ${formatNumber(median)}, mean ${formatNumber(mean)} ± ${formatNumber(deviation)}`,
    `98 % of ${count} weights from ${formatNumber(low)} to ${formatNumber(high)}`,
    `${Math.round(change * 100)} % of the energy is change over time`,
  ].join('\n')
}

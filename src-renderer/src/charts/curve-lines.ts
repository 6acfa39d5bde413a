import type { ChartDataset } from 'chart.js'
import { kindOfMetric } from '#shared/metrics/catalogue.ts'
import type { Palette } from '../ui/theme/palette.ts'
import { printMetric } from '../lib/format.ts'
import type { PlotPoint } from '#shared/figures/curve-plot.ts'
import { withGaps, type LiveCurve } from '../features/runs/lib/live-curve.ts'

/** A run as the charts know it. */
export interface PlottedRun {
  id: number
  name: string
  /** Of self-supervision; it says what its metrics mean. */
  method: string
  /** Names of its parts, of which each has metrics; none where it has none. */
  parts: readonly string[]
  /** Null where the chart shows one run, whose metrics have a colour each. */
  colour: string | null
  /** Steps in all, done or not. */
  steps: number
  stepsPerEpoch: number
  /** The parts of a run that trains in several: their first steps; one alone is none. */
  phases: readonly { from: number; label: string }[]
  isLive: boolean
}

/** One curve of one run, x as the axis counts it. */
export interface PlottedCurve {
  run: PlottedRun
  curve: LiveCurve
  /** Where the run was resumed; lines end there on a time axis. */
  breaks: readonly number[]
}

/** A line of a chart; the tooltip reads the average from the line that follows the measured one. */
export interface CurveDataset extends ChartDataset<'line', PlotPoint[]> {
  role: 'measured' | 'average'
  borderColor: string
  pointBackgroundColor: string
  print: (value: number) => string
}

export interface LineSetup {
  /** In the order of the chart. */
  metrics: readonly string[]
  palette: Palette
  logX: boolean
  logY: boolean
  /** Whether lines are cut where a run was resumed. */
  hasGaps: boolean
  /** The run that stands out; the others fade. */
  hovered: number | null
}

/** Points up to which each is marked: a line through fewer says too little, and one point has none. */
const MARKED = 10
const METRIC_COLOURS = ['accent', 'series-2', 'series-3'] as const
/** Dashes by metric, where colours tell runs apart. */
const DASHES = [[], [6, 3], [2, 2]]

/** The lines of a chart: of every curve what was measured, and over it the average where there is one. */
export function curveDatasets(curves: readonly PlottedCurve[], setup: LineSetup): CurveDataset[] {
  return curves.flatMap((plotted) => datasetsOf(plotted, setup))
}

function datasetsOf({ run, curve, breaks }: PlottedCurve, setup: LineSetup): CurveDataset[] {
  const { metrics, logX, logY, hasGaps, hovered } = setup
  const isDrawable = ({ x, y }: PlotPoint) =>
    (!logY || Number.isNaN(y) || y > 0) && (!logX || x > 0)
  const drawn = (points: readonly PlotPoint[]) =>
    (hasGaps ? withGaps(points, breaks) : points).filter(isDrawable)
  const at = metrics.indexOf(curve.name)
  const colour = colourOf(run, at, setup.palette)
  const isFaded = hovered !== null && hovered !== run.id
  const label = lineLabel(run, curve.name, metrics)
  const shared = {
    print: (value: number) => printMetric(value, kindOfMetric(curve.name)?.print ?? 'number'),
    borderDash: run.colour === null ? [] : (DASHES[at] ?? []),
    pointBackgroundColor: colour,
    spanGaps: false,
  }
  const strong = { borderColor: isFaded ? paler(colour, 0.15) : colour, borderWidth: 1.6 }
  const pointRadius = curve.points.length <= MARKED ? 2.5 : 0
  const measured = { ...shared, role: 'measured' as const, label, pointRadius }
  if (!curve.smooth) return [{ ...measured, ...strong, data: drawn(curve.points) }]
  // Averages lie over everything that was measured, or several runs would hide each other's.
  const opacity = isFaded ? 0.05 : run.colour === null ? 0.3 : 0.16
  const faint = { borderColor: paler(colour, opacity), borderWidth: 1, order: 1 }
  return [
    { ...measured, ...faint, data: drawn(curve.points) },
    {
      ...shared,
      ...strong,
      role: 'average',
      order: 0,
      label: `${label}, smoothed`,
      pointRadius: 0,
      data: drawn(curve.smooth),
    },
  ]
}

/** The colour of a run, or of a metric where there is one run. */
export function colourOf(run: PlottedRun, metric: number, palette: Palette): string {
  return run.colour ?? palette[METRIC_COLOURS[metric % METRIC_COLOURS.length] ?? 'accent']
}

function lineLabel(run: PlottedRun, name: string, metrics: readonly string[]): string {
  const metric = kindOfMetric(name)?.label ?? name
  if (run.colour === null) return metric
  return metrics.length > 1 ? `${run.name}, ${metric}` : run.name
}

/** `#rrggbb` or `hsl(h s% l%)` with an opacity. */
function paler(colour: string, opacity: number): string {
  if (!colour.startsWith('#')) return colour.replace(')', ` / ${Math.round(100 * opacity)}%)`)
  return `${colour}${Math.round(255 * opacity)
    .toString(16)
    .padStart(2, '0')}`
}

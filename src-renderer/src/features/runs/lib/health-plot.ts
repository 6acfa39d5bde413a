import type { PlotPoint } from '#shared/figures/curve-plot.ts'
import type { HealthMark } from '#shared/metrics/health.ts'

/** Size of a chart in its own units; it is stretched to the width of its card. */
export const HEALTH_PLOT = { width: 100, height: 100 } as const

/** Part of the height that stays free above and below. */
const MARGIN = 0.06

export interface HealthPlot {
  /** Points of the mean of the latest steps, and of what was measured: `x,y` pairs of an SVG. */
  mean: string
  measured: string
  /** The healthy range; null where there is none. */
  band: { y: number; height: number } | null
  /** Each with the side on which the curve leaves its label more room. */
  marks: { y: number; label: string; side: 'left' | 'right' }[]
  /** Where the mean is now, as parts of width and height. */
  end: { x: number; y: number } | null
}

export interface HealthCurve {
  measured: readonly PlotPoint[]
  mean: readonly PlotPoint[]
  /** Steps of the whole run. */
  steps: number
  min: number | undefined
  max: number | undefined
  marks: readonly HealthMark[]
}

/** Lays out one small chart: every value, both bounds and every mark are in sight. */
export function healthPlot({ measured, mean, steps, min, max, marks }: HealthCurve): HealthPlot {
  const ys = [...measured, ...mean].map(({ y }) => y)
  const wanted = [...ys, min, max, ...marks.map(({ value }) => value)].filter(
    (y): y is number => y !== undefined && Number.isFinite(y),
  )
  const low = Math.min(...wanted)
  const range = Math.max(...wanted) - low || 1
  const { width, height } = HEALTH_PLOT
  const down = (y: number): number => height * (1 - MARGIN - ((y - low) / range) * (1 - 2 * MARGIN))
  const across = (x: number): number => (width * (x - 1)) / Math.max(1, steps - 1)
  const line = (points: readonly PlotPoint[]): string =>
    points
      .filter(({ y }) => Number.isFinite(y))
      .map(({ x, y }) => `${across(x).toFixed(2)},${down(y).toFixed(2)}`)
      .join(' ')
  const [first, last] = [mean[0], mean.at(-1)]
  const placed = ({ value, label }: HealthMark): HealthPlot['marks'][number] => {
    const distance = (point: PlotPoint | undefined): number => Math.abs((point?.y ?? value) - value)
    return { y: down(value), label, side: distance(first) > distance(last) ? 'left' : 'right' }
  }
  const top = max === undefined ? 0 : down(max)
  const bottom = min === undefined ? height : down(min)
  return {
    mean: line(mean),
    measured: line(measured),
    band: min === undefined && max === undefined ? null : { y: top, height: bottom - top },
    marks: wanted.length === 0 ? [] : marks.map(placed),
    end: last ? { x: across(last.x) / width, y: down(last.y) / height } : null,
  }
}

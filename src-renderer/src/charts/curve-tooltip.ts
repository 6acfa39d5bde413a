import { Interaction, type InteractionItem, type TooltipItem } from 'chart.js'
import type { CurveDataset } from './curve-lines.ts'
import type { PlotPoint } from '#shared/figures/curve-plot.ts'

declare module 'chart.js' {
  interface InteractionModeMap {
    nearestOfEach: (chart: Chart, event: { x: number | null }) => InteractionItem[]
  }
}

/** Pixels beyond a line's end from which its end is still meant. */
const REACH = 12

/**
 * Of each line the point nearest in x. Lines are thinned one by one, so the same place in two of them is
 * not the same x, and a run that ended early says nothing about later steps.
 */
Interaction.modes.nearestOfEach = (chart, { x }) => {
  const scale = chart.scales.x
  if (!scale || x === null) return []
  const at = scale.getValueForPixel(x) ?? NaN
  return chart.getSortedVisibleDatasetMetas().flatMap(({ index: datasetIndex, data }) => {
    const points = (chart.data.datasets[datasetIndex] as CurveDataset).data
    const index = nearestIndex(points, at)
    const [point, element] = [points[index], data[index]]
    if (!point || !element || isBeyond(points, at, Math.abs(scale.getPixelForValue(point.x) - x))) {
      return []
    }
    return [{ element, datasetIndex, index }]
  })
}

function isBeyond(points: readonly PlotPoint[], at: number, distance: number): boolean {
  const [first, last] = [points[0], points.at(-1)]
  const isWithin = first && last && at >= first.x && at <= last.x
  return !isWithin && distance > REACH
}

/** Index of the point with a value whose x is nearest; -1 where there is none. Points are sorted by x. */
export function nearestIndex(points: readonly PlotPoint[], at: number): number {
  let low = 0
  let high = points.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((points[middle]?.x ?? Infinity) < at) low = middle + 1
    else high = middle
  }
  const hasValue = (i: number) => Number.isFinite(points[i]?.y)
  let [before, after] = [low - 1, low]
  while (before >= 0 && !hasValue(before)) before--
  while (after < points.length && !hasValue(after)) after++
  if (before < 0) return after < points.length ? after : -1
  if (after >= points.length) return before
  return at - points[before].x <= points[after].x - at ? before : after
}

/** A line of the tooltip: the measured value, then the average of that place under its own name. */
export function tooltipLine(
  {
    dataset,
    datasetIndex,
    parsed,
    chart,
  }: Pick<TooltipItem<'line'>, 'dataset' | 'datasetIndex' | 'parsed' | 'chart'>,
  title: { x: number; place: (x: number) => string },
): string {
  const { print, label } = dataset as CurveDataset
  const x = parsed.x ?? 0
  const next = chart.data.datasets[datasetIndex + 1] as CurveDataset | undefined
  const smooth = next?.role === 'average' ? next.data[nearestIndex(next.data, x)] : undefined
  return [
    ` ${label}: ${print(parsed.y ?? 0)}`,
    smooth && ` · smoothed ${print(smooth.y)}`,
    x !== title.x && ` · at ${title.place(x)}`,
  ]
    .filter(Boolean)
    .join('')
}

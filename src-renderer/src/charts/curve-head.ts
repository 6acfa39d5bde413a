import {
  metricKindOf,
  kindOfMetric,
  metricMeaning,
  type ChartKind,
} from '#shared/metrics/catalogue.ts'
import type { Palette } from '../ui/theme/palette.ts'
import { colourOf, type PlottedCurve } from './curve-lines.ts'
import { printMetric } from '../lib/format.ts'

/** What stands for one curve beside the title of its chart. */
export interface HeadEntry {
  name: string
  /** Null where the title says it. */
  label: string | null
  colour: string
  dash: boolean
  /** Null where the chart shows several runs: each has its own. */
  last: string | null
  hint: string
}

const printed = (name: string, value: number) =>
  printMetric(value, kindOfMetric(name)?.print ?? 'number')

/** What stands beside a chart's title: of one run the last measured values, of several the dashes. */
export function headEntries(
  curves: readonly PlottedCurve[],
  setup: { metrics: readonly string[]; palette: Palette; place: (x: number) => string },
): HeadEntry[] {
  const { metrics, palette, place } = setup
  const isOneRun = curves.every(({ run }) => run.colour === null)
  const shown = isOneRun
    ? curves
    : metrics.flatMap((name) => curves.find(({ curve }) => curve.name === name) ?? [])
  if (!isOneRun && shown.length < 2) return []
  return shown.map(({ run, curve }) => {
    const { name, last } = curve
    const kind = metricKindOf(name, run.method)
    const at = metrics.indexOf(name)
    const meaning = isOneRun ? kind?.meaning : metricMeaning(name, methodsOf(curves, name))
    return {
      name,
      label: isOneRun && shown.length < 2 ? null : (kind?.label ?? name),
      colour: isOneRun ? colourOf(run, at, palette) : palette['text-2'],
      dash: !isOneRun && at > 0,
      last: isOneRun ? printed(name, last.value) : null,
      hint: [meaning, isOneRun && `Last measured value, at ${place(last.x)}`]
        .filter(Boolean)
        .join('\n'),
    }
  })
}

/** Where the curves of one run began and came to; several runs have a table for that. */
export function rangeText(curves: readonly PlottedCurve[], place: (x: number) => string): string {
  if (curves.some(({ run }) => run.colour !== null)) return ''
  return curves
    .map(({ run, curve: { name, first, last, best } }) => {
      const { label = name } = metricKindOf(name, run.method) ?? {}
      const parts = [
        `first ${printed(name, first.value)}`,
        `last ${printed(name, last.value)}`,
        best && `best ${printed(name, best.value)} at ${place(best.x)}`,
      ]
      const text = parts.filter(Boolean).join(' · ')
      return curves.length > 1 ? `${label}: ${text}` : text
    })
    .join(' — ')
}

/** What the one metric of several runs is, for the title: with more metrics, each has an entry. */
export function titleHint(
  curves: readonly PlottedCurve[],
  metrics: readonly string[],
): string | undefined {
  const [name] = metrics
  if (name === undefined || metrics.length > 1) return undefined
  return metricMeaning(name, methodsOf(curves, name)) || undefined
}

/** The methods of the runs that have a metric. */
function methodsOf(curves: readonly PlottedCurve[], name: string): string[] {
  return curves.filter(({ curve }) => curve.name === name).map(({ run }) => run.method)
}

/** The title of a chart, with the number of videos that its values were measured on. */
export function titleOf({ title, videos }: ChartKind, curves: readonly PlottedCurve[]): string {
  const counts = curves
    .filter(({ curve }) => curve.name === videos)
    .map(({ curve }) => curve.last.value)
  if (counts.length === 0) return title
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  return `${title} (${least === most ? least : `${least} to ${most}`} videos)`
}

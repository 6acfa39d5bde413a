import { SESSION } from '#shared/contract/curves.ts'
import { csvCell } from '#shared/report/csv-cell.ts'
import type { CurveSet } from './curve-cache.ts'

/** Lines given at a time. */
const LINES = 2000

/**
 * Curves as comma-separated values: a heading, then one line a step, empty where a quantity was not
 * measured. In pieces of many lines, so that the host can do other work between two.
 */
export function* curvesAsCsv(set: CurveSet): Generator<string, void, undefined> {
  const columns = [...set]
    .filter(([name]) => name !== SESSION)
    .map(([name, { series }]) => ({ name, series, at: 0 }))
  yield `step,${columns.map(({ name }) => csvCell(name)).join(',')}\n`
  let lines: string[] = []
  for (;;) {
    const step = Math.min(...columns.map(({ series, at }) => series.x[at] ?? Infinity))
    if (!Number.isFinite(step)) break
    const values = columns.map((column) => {
      if (column.series.x[column.at] !== step) return ''
      return String(column.series.y[column.at++])
    })
    lines.push(`${step},${values.join(',')}\n`)
    if (lines.length < LINES) continue
    yield lines.join('')
    lines = []
  }
  yield lines.join('')
}

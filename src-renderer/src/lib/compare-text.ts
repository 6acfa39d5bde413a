import type { CurvePoint } from '#shared/contract/curves.ts'
import type { Run } from '#shared/contract/runs.ts'
import type { TextTable } from '#shared/report/table.ts'
import type { Difference, RunScores } from './compare.ts'

/** What a run has measured of one quantity. */
export interface Measured {
  last: CurvePoint
  /** The least or the greatest; null where neither end is the good one. */
  best: CurvePoint | null
}

/** The compared runs as a table for notes, papers and spreadsheets; scores in per cent. */
export function compareText(options: {
  runs: readonly Run[]
  different: readonly Difference[]
  scores: RunScores
  metric: string
  measured: ReadonlyMap<number, Measured>
}): TextTable {
  const { runs, different, scores, metric, measured } = options
  const { columns } = scores
  const isWords = different.map(({ values }) => values.some((value) => typeof value !== 'number'))
  const rows = runs.map((run, i) => {
    const { last, best } = measured.get(run.id) ?? {}
    const values = scores.of.get(run.id)
    return [
      run.name,
      run.status,
      String(run.step),
      ...different.map(({ values: own }) => String(own[i])),
      last ? String(last.value) : '',
      best ? String(best.value) : '',
      ...columns.map(({ key }) => percent(values?.get(key))),
    ]
  })
  const first = 3 + different.length + 2
  return {
    header: [
      'Run',
      'Status',
      'Steps',
      ...different.map(({ label }) => label),
      `${metric}, last`,
      `${metric}, best`,
      ...columns.map(({ label }) => label),
    ],
    rows,
    words: [0, 1, ...isWords.flatMap((is, i) => (is ? [3 + i] : []))],
    best: bestCells(runs, scores).map(([row, column]) => [row, first + column]),
  }
}

/** Rows and columns of the greatest scores; a column that one run alone has is no contest. */
function bestCells(runs: readonly Run[], { columns, of }: RunScores): [number, number][] {
  return columns.flatMap(({ key }, column) => {
    const values = runs.map(({ id }) => of.get(id)?.get(key) ?? -1)
    if (values.filter((value) => value >= 0).length < 2) return []
    const most = Math.max(...values)
    return values.flatMap((value, row): [number, number][] =>
      value === most ? [[row, column]] : [],
    )
  })
}

function percent(score: number | undefined): string {
  return score === undefined ? '' : (100 * score).toFixed(1)
}

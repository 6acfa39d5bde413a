import { tasks } from '#shared/tasks/index.ts'
import { TIE } from '#shared/report/best-marks.ts'
import { OTHERWISE, publishedKey, type PublishedRow } from '#shared/report/published.ts'
import { printDraws } from '#shared/report/scores.ts'
import type { TextTable } from '#shared/report/table.ts'
import type { Marks } from '../composables/use-best-marks.ts'
import { factHeads, type EncoderFacts } from './encoder-facts.ts'
import {
  printInterval,
  printSpread,
  type ResultColumn,
  type ResultRow,
} from '../../../lib/result-table.ts'

type WithFacts<Row> = Row & { facts: EncoderFacts }

/** A table of results for notes and papers, published ones below. */
export function resultText(options: {
  rows: readonly WithFacts<ResultRow>[]
  papers: readonly WithFacts<PublishedRow>[]
  columns: readonly ResultColumn[]
  marks: Marks
  /** Whether a row is of a run in the trash. */
  isTrashed: (runId: number | null) => boolean
  /** In what a published number was made otherwise than those of a column; none: alike. */
  otherwise: (row: PublishedRow, column: ResultColumn) => readonly string[]
}): TextTable {
  const { rows, papers, columns, marks, isTrashed, otherwise } = options
  const facts = (of: EncoderFacts) => factHeads.map(({ name }) => of[name])
  const own = rows.map((row) => [
    isTrashed(row.runId) ? `${row.name} (in the trash)` : row.name,
    ...facts(row.facts),
    ...columns.map(({ key }) => {
      const cell = row.cells.get(key)
      if (!cell) return ''
      const bounds = [
        ...(cell.interval ? [printInterval(cell.interval)] : []),
        ...(cell.draws ? [printDraws(cell.draws)] : []),
      ]
      const interval = bounds.length > 0 ? ` (${bounds.join('; ')})` : ''
      const tie = marks.get(key)?.get(row.key) === 'tie' ? ` ${TIE}` : ''
      return `${printSpread(cell)}${interval}${tie}`
    }),
  ])
  const theirs = papers.map((row) => [
    `${row.method} (${row.source})`,
    ...facts(row.facts),
    ...columns.map((column) => {
      const value = row.values[publishedKey(column.protocol, column.score)]
      if (value === undefined) return ''
      const sign = otherwise(row, column).length > 0 ? ` ${OTHERWISE}` : ''
      return `${(100 * value).toFixed(1)}${sign}`
    }),
  ])
  return {
    header: [
      'Encoder',
      ...factHeads.map(({ label }) => label),
      ...columns.map(({ protocol, apart, label }) =>
        [tasks[protocol].label, apart, label].filter(Boolean).join(', '),
      ),
    ],
    rows: [...own, ...theirs],
    words: [0, 1, 2, 3],
    best: rows.flatMap((row, r) =>
      columns.flatMap(({ key }, c) =>
        marks.get(key)?.get(row.key) === 'best' ? [[r, c + 1 + factHeads.length] as const] : [],
      ),
    ),
  }
}

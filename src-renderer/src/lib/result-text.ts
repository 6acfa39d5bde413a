import { protocols } from '#shared/config/protocols.ts'
import type { TextTable } from '#shared/report/table.ts'
import { factHeads, type EncoderFacts } from './encoder-facts.ts'
import { publishedKey, type PublishedRow } from './published.ts'
import { printSpread, type ResultColumn, type ResultRow } from './result-table.ts'

type WithFacts<Row> = Row & { facts: EncoderFacts }

/** A table of results for notes and papers, published ones below. */
export function resultText(options: {
  rows: readonly WithFacts<ResultRow>[]
  papers: readonly WithFacts<PublishedRow>[]
  columns: readonly ResultColumn[]
  /** The best rows of each column, by their keys. */
  best: ReadonlyMap<string, ReadonlySet<string>>
}): TextTable {
  const { rows, papers, columns, best } = options
  const facts = (of: EncoderFacts) => factHeads.map(({ name }) => of[name])
  const own = rows.map((row) => [
    row.name,
    ...facts(row.facts),
    ...columns.map(({ key }) => {
      const cell = row.cells.get(key)
      return cell ? printSpread(cell) : ''
    }),
  ])
  const theirs = papers.map((row) => [
    `${row.method} (${row.source})`,
    ...facts(row.facts),
    ...columns.map(({ protocol, score }) => {
      const value = row.values[publishedKey(protocol, score)]
      return value === undefined ? '' : (100 * value).toFixed(1)
    }),
  ])
  return {
    header: [
      'Encoder',
      ...factHeads.map(({ label }) => label),
      ...columns.map(({ protocol, apart, label }) =>
        [protocols[protocol].label, apart, label].filter(Boolean).join(', '),
      ),
    ],
    rows: [...own, ...theirs],
    words: [0, 1, 2, 3],
    best: rows.flatMap((row, r) =>
      columns.flatMap(({ key }, c) =>
        best.get(key)?.has(row.key) ? [[r, c + 1 + factHeads.length] as const] : [],
      ),
    ),
  }
}

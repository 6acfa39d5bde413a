import { computed, toValue, type MaybeRefOrGetter, type Ref } from 'vue'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import {
  madeOtherwise,
  OTHERWISE,
  publishedKey,
  publishedRows,
  type PublishedRow,
} from '#shared/report/published.ts'
import published from '../../../../../resources/published-results.json'
import { publishedFacts } from '../lib/encoder-facts.ts'
import type { ResultColumn } from '../../../lib/result-table.ts'

/** What papers report on a benchmark, beside the columns of a table of results. */
export function useComparedPapers(options: {
  benchmark: Readonly<Ref<Parameters<typeof publishedRows>[1] | null>>
  columns: Readonly<Ref<readonly ResultColumn[]>>
  wanted: MaybeRefOrGetter<boolean>
  /** An evaluation of a column, whose settings all of the column have. */
  measuredIn: (column: ResultColumn) => Evaluation | undefined
}) {
  const { benchmark, columns } = options

  /** In what a published value was made otherwise than those of a column. */
  function otherwise(row: PublishedRow, column: ResultColumn) {
    const measured = options.measuredIn(column)
    return measured ? madeOtherwise(row, measured) : []
  }
  function cellOf(row: PublishedRow, column: ResultColumn) {
    const value = row.values[publishedKey(column.protocol, column.score)]
    if (value === undefined) return null
    const reasons = otherwise(row, column)
    const text = (100 * value).toFixed(1)
    if (reasons.length === 0) {
      const { from } = row.stated[column.protocol] ?? {}
      return {
        text,
        title: `Evaluated with the same settings, as far as they are known (${from}).`,
      }
    }
    return { text: `${text} ${OTHERWISE}`, title: `Evaluated differently: ${reasons.join('; ')}.` }
  }
  const papers = computed(() => {
    if (!toValue(options.wanted) || !benchmark.value) return []
    const wanted = columns.value.map(({ protocol, score }) => publishedKey(protocol, score))
    return publishedRows(published, benchmark.value)
      .filter(({ values }) => wanted.some((key) => key in values))
      .map((row) => ({
        ...row,
        facts: publishedFacts(row),
        cells: new Map(columns.value.map((column) => [column.key, cellOf(row, column)])),
      }))
      .sort((a, b) => (b.values[wanted[0] ?? ''] ?? 0) - (a.values[wanted[0] ?? ''] ?? 0))
  })
  return { papers, otherwise }
}

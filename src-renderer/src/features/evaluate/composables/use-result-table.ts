import { computed } from 'vue'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Run } from '#shared/contract/runs.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import type { Mark } from '#shared/report/best-marks.ts'
import { cellMeaning } from '../lib/cell-meaning.ts'
import { factHeads, usualFacts } from '../lib/encoder-facts.ts'
import { shownColumns } from '../lib/result-columns.ts'
import { resultText } from '../lib/result-text.ts'
import { resultTable, type ResultCell } from '../../../lib/result-table.ts'
import { useBestMarks } from './use-best-marks.ts'
import { useComparedPapers } from './use-compared-papers.ts'
import { useResultBenchmark } from './use-result-benchmark.ts'
import { useResultRows } from './use-result-rows.ts'
import { useTableOrder } from './use-table-order.ts'

export interface ResultTableProps {
  dataset: Dataset
  evaluations: readonly Evaluation[]
  runs: readonly Run[]
  datasets: readonly Dataset[]
  allScores: boolean
  withPublished: boolean
  /** Protocols and facts that have columns; left out, all protocols and the usual facts. */
  shown?: readonly string[]
}

/** The results on one data set as a table that can be sorted, what papers report below them. */
export function useResultTable(props: Readonly<ResultTableProps>) {
  const table = computed(() => resultTable(props.evaluations))
  const columns = computed(() => shownColumns(table.value.columns, props))
  const shownFacts = computed(() =>
    factHeads.filter(({ name }) => (props.shown ?? usualFacts).includes(name)),
  )
  const evaluationOf = (id: number | undefined) =>
    props.evaluations.find((evaluation) => evaluation.id === id)
  const { order, sortBy, sorting } = useTableOrder(columns)
  const { rows, isTrashed, differs } = useResultRows({ table, order, known: props, evaluationOf })
  const marks = useBestMarks(table, isTrashed)
  const markOf = (column: string, row: string) => marks.value.get(column)?.get(row)
  const { classes, benchmark, chance } = useResultBenchmark(props)
  const { papers, otherwise } = useComparedPapers({
    benchmark,
    columns,
    wanted: () => props.withPublished,
    // Any evaluation of the column: all of them have its settings.
    measuredIn({ key }) {
      const cell = table.value.rows.find(({ cells }) => cells.has(key))?.cells.get(key)
      return evaluationOf(cell?.id)
    },
  })
  function explain(cell: ResultCell | undefined, mark?: Mark) {
    const evaluation = evaluationOf(cell?.id)
    return cell && evaluation ? cellMeaning(evaluation, cell, mark) : ''
  }
  const text = () =>
    resultText({
      rows: rows.value,
      papers: papers.value,
      columns: columns.value,
      marks: marks.value,
      isTrashed,
      otherwise,
    })
  return {
    columns,
    rows,
    marks,
    shownFacts,
    classes,
    benchmark,
    papers,
    isTrashed,
    markOf,
    sortBy,
    sorting,
    chance,
    differs,
    explain,
    text,
  }
}

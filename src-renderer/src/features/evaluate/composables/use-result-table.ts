import { computed, ref } from 'vue'
import { tasks } from '#shared/tasks/index.ts'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Run } from '#shared/contract/runs.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import type { Mark } from '#shared/report/best-marks.ts'
import { protocolSentence } from '#shared/report/protocol-sentence.ts'
import { benchmarkOf } from '#shared/report/published.ts'
import { chanceOf } from '#shared/report/scores.ts'
import { encoderFacts, factHeads, usualFacts, type EncoderFacts } from '../lib/encoder-facts.ts'
import { formatCount } from '../../../lib/format.ts'
import { resultTable, sortRows, type ResultColumn } from '../../../lib/result-table.ts'
import { resultText } from '../lib/result-text.ts'
import { useBestMarks } from './use-best-marks.ts'
import { useComparedPapers } from './use-compared-papers.ts'

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

const meanings: Record<Mark | 'none', string> = {
  best: 'Better than every other row (McNemar’s test on the same videos, p < 0.05). ',
  tie: 'Not significantly different from the best value (McNemar’s test on the same videos). ',
  none: '',
}

/** The results on one data set as a table that can be sorted, what papers report below them. */
export function useResultTable(props: Readonly<ResultTableProps>) {
  const shownFacts = computed(() =>
    factHeads.filter(({ name }) => (props.shown ?? usualFacts).includes(name)),
  )
  const table = computed(() => resultTable(props.evaluations))
  /** Of many scores the strictest two of each protocol say most. */
  const columns = computed(() => {
    const seen = new Map<string, number>()
    return table.value.columns.filter(({ protocol, apart }) => {
      if (props.shown && !props.shown.includes(protocol)) return false
      const place = seen.get(`${protocol} ${apart}`) ?? 0
      seen.set(`${protocol} ${apart}`, place + 1)
      return props.allScores || place < 2
    })
  })
  /** Columns of one protocol with the same settings, under one head. */
  const heads = computed(() => {
    const spans: { key: string; label: string; apart: string; span: number }[] = []
    for (const { protocol, apart } of columns.value) {
      const key = `${protocol} ${apart}`
      const last = spans.at(-1)
      if (last?.key === key) last.span += 1
      else spans.push({ key, label: tasks[protocol].label, apart, span: 1 })
    }
    return spans
  })
  const trashed = computed(
    () => new Set(props.runs.filter(({ trashedAt }) => trashedAt !== null).map(({ id }) => id)),
  )
  const isTrashed = (runId: number | null) => runId !== null && trashed.value.has(runId)
  const marks = useBestMarks(table, isTrashed)
  const markOf = (column: string, row: string) => marks.value.get(column)?.get(row)
  const sort = ref({ by: '', descending: true })
  const by = computed(() =>
    columns.value.some(({ key }) => key === sort.value.by) || sort.value.by === 'name'
      ? sort.value.by
      : (columns.value[0]?.key ?? 'name'),
  )
  const rows = computed(() =>
    sortRows(table.value.rows, { by: by.value, descending: sort.value.descending }).map((row) => {
      const facts = encoderFacts(row, props)
      return { ...row, facts, of: evaluationOf(row.cells.values().next().value?.id) }
    }),
  )
  function evaluationOf(id: number | undefined) {
    return props.evaluations.find((evaluation) => evaluation.id === id)
  }
  function sortBy(key: string) {
    sort.value = { by: key, descending: by.value === key ? !sort.value.descending : key !== 'name' }
  }
  function sorting(key: string) {
    if (by.value !== key) return undefined
    return sort.value.descending ? ('descending' as const) : ('ascending' as const)
  }
  const classes = computed(
    () => props.evaluations.find(({ result }) => result)?.result?.classCount ?? 0,
  )
  const chance = (column: ResultColumn) => chanceOf(column.score, classes.value)
  // A data set without its videos knows no classes; its results do.
  const benchmark = computed(() => {
    const { format, videos, classes: named } = props.dataset
    return benchmarkOf(format, videos > 0 ? named.length : classes.value)
  })
  const { papers, otherwise } = useComparedPapers({
    benchmark,
    columns,
    wanted: () => props.withPublished,
    measuredIn,
  })
  /** An evaluation of the column: all of them have its settings. */
  function measuredIn({ key }: ResultColumn) {
    const cell = table.value.rows.find(({ cells }) => cells.has(key))?.cells.get(key)
    return evaluationOf(cell?.id)
  }
  /** What nearly every row has alike stands out where it differs. */
  const differs = (facts: EncoderFacts, name: keyof EncoderFacts) =>
    rows.value.length > 0 && rows.value.every((row) => row.facts[name] !== facts[name])
  function explain(cell: { id: number; count: number } | undefined, mark?: Mark) {
    const evaluation = evaluationOf(cell?.id)
    if (!cell || !evaluation) return ''
    const many = cell.count > 1 ? `Mean ± deviation of ${cell.count} split lists. ` : ''
    return `${meanings[mark ?? 'none']}${many}${protocolSentence(evaluation)} · ${formatCount(evaluation.result?.testVideos ?? 0)} test videos`
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
    heads,
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

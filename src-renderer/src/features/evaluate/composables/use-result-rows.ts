import { computed, type Ref } from 'vue'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Run } from '#shared/contract/runs.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import { encoderFacts, type EncoderFacts } from '../lib/encoder-facts.ts'
import { sortRows, type ResultTable } from '../../../lib/result-table.ts'

/** The rows of a table of results in order, with the facts of each encoder. */
export function useResultRows(options: {
  table: Readonly<Ref<ResultTable>>
  order: Readonly<Ref<{ by: string; descending: boolean }>>
  known: { readonly runs: readonly Run[]; readonly datasets: readonly Dataset[] }
  evaluationOf: (id: number | undefined) => Evaluation | undefined
}) {
  const { table, order, known, evaluationOf } = options
  const rows = computed(() =>
    sortRows(table.value.rows, order.value).map((row) => ({
      ...row,
      facts: encoderFacts(row, known),
      of: evaluationOf(row.cells.values().next().value?.id),
    })),
  )
  const trashed = computed(
    () => new Set(known.runs.filter(({ trashedAt }) => trashedAt !== null).map(({ id }) => id)),
  )
  const isTrashed = (runId: number | null) => runId !== null && trashed.value.has(runId)
  /** What nearly every row has alike stands out where it differs. */
  const differs = (facts: EncoderFacts, name: keyof EncoderFacts) =>
    rows.value.length > 0 && rows.value.every((row) => row.facts[name] !== facts[name])
  return { rows, isTrashed, differs }
}

import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { bestMarks, type Mark } from '#shared/report/best-marks.ts'
import { client } from '../../../api/client.ts'
import { contests, type ResultTable } from '../../../lib/result-table.ts'

/** Marks by column, then by row. */
export type Marks = ReadonlyMap<string, ReadonlyMap<string, Mark>>

/**
 * Which rows of each column are best or tied for it, by McNemar's test on the same videos. Empty
 * until the host has read the answers.
 * @param isOut rows that do not compete, such as those of runs in the trash
 */
export function useBestMarks(
  table: ComputedRef<ResultTable>,
  isOut: (runId: number | null) => boolean,
): ComputedRef<Marks> {
  const open = computed(() => contests(table.value, isOut))
  const query = useQuery({
    // Results do not change: the same numbers have the same marks.
    queryKey: computed(() => ['best-marks', open.value]),
    queryFn: async () => {
      const marks = new Map<string, ReadonlyMap<string, Mark>>()
      for (const { column, score, leader, others } of open.value) {
        const request = { score, best: leader.ids, others: others.map(({ ids }) => ids) }
        const p = await client.evaluations.paired(request)
        const tested = others.map(({ key }, i) => ({ key, p: p[i] ?? null }))
        marks.set(column, bestMarks(leader, tested))
      }
      return marks
    },
    staleTime: Infinity,
  })
  return computed(() => query.data.value ?? new Map())
}

import { useInfiniteQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import type { PredictionsRequest } from '#shared/contract/evaluations.ts'
import { api } from '../../../api/client.ts'

const PAGE = 48

/** What was answered for the videos that a request names, page by page. */
export function useEvaluationPredictions(
  request: MaybeRefOrGetter<Omit<PredictionsRequest, 'offset' | 'limit'> | null>,
) {
  const query = useInfiniteQuery(
    computed(() => {
      const wanted = toValue(request)
      return api.evaluations.predictions.infiniteOptions({
        input: (offset: number) => ({ id: 0, ...wanted, offset, limit: PAGE }),
        initialPageParam: 0,
        getNextPageParam: (last, pages) => {
          const known = pages.reduce((sum, { rows }) => sum + rows.length, 0)
          return last.rows.length > 0 && known < last.total ? known : undefined
        },
        enabled: wanted !== null,
        staleTime: Infinity,
      })
    }),
  )
  const rows = computed(() => query.data.value?.pages.flatMap((page) => page.rows) ?? [])
  const total = computed(() => query.data.value?.pages.at(-1)?.total ?? null)
  function more() {
    if (query.hasNextPage.value && !query.isFetchingNextPage.value) void query.fetchNextPage()
  }
  return { query, rows, total, more }
}

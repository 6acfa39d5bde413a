import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api } from '../../../api/client.ts'
import { isLive } from '../../../lib/status.ts'

/** All evaluations, newest first, kept fresh while one is live. */
export function useEvaluationList() {
  const query = useQuery(
    api.evaluations.list.queryOptions({
      refetchInterval: (current: { state: { data: unknown } }) =>
        Array.isArray(current.state.data) && current.state.data.some(isLive) ? 3_000 : 15_000,
    }),
  )
  const evaluations = computed(() => [...(query.data.value ?? [])].sort((a, b) => b.id - a.id))
  /** The running one, else the next that waits. */
  const live = computed(() => {
    const inOrder = evaluations.value.filter(isLive).toReversed()
    return inOrder.find(({ status }) => status !== 'queued') ?? inOrder[0] ?? null
  })
  return { query, evaluations, live }
}

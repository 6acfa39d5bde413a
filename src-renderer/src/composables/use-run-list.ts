import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api } from '../api/client.ts'
import { isLive } from '../lib/status.ts'

/** All runs, newest first, kept fresh while one is live. */
export function useRunList() {
  const query = useQuery(
    api.runs.list.queryOptions({
      refetchInterval: (current: { state: { data: unknown } }) =>
        Array.isArray(current.state.data) && current.state.data.some(isLive) ? 3_000 : 15_000,
    }),
  )
  const runs = computed(() =>
    (query.data.value ?? [])
      .filter(({ trashedAt }) => trashedAt === null)
      .sort((a, b) => b.id - a.id),
  )
  const live = computed(() => runs.value.find(isLive) ?? null)
  return { query, runs, live }
}

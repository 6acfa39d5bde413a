import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api } from '../../../api/client.ts'
import { isLive } from '../../../lib/status.ts'

/** Runs, newest first, kept fresh while one is live; `all` has those in the trash too. */
export function useRunList() {
  const query = useQuery(
    api.runs.list.queryOptions({
      refetchInterval: (current: { state: { data: unknown } }) =>
        Array.isArray(current.state.data) && current.state.data.some(isLive) ? 3_000 : 15_000,
    }),
  )
  const all = computed(() => [...(query.data.value ?? [])].sort((a, b) => b.id - a.id))
  const runs = computed(() => all.value.filter(({ trashedAt }) => trashedAt === null))
  /** In the order in which they will start. */
  const waiting = computed(() =>
    runs.value
      .filter(({ status }) => status === 'queued' || status === 'paused')
      .sort((a, b) => a.place - b.place),
  )
  /** The running one, else the next that waits. */
  const live = computed(() => {
    const under = runs.value.find((run) => isLive(run) && run.status !== 'queued')
    return under ?? waiting.value.find(({ status }) => status === 'queued') ?? null
  })
  return { query, all, runs, waiting, live }
}

import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api } from '../../../api/client.ts'
import type { ValuesByRun } from '../lib/run-search.ts'
import { useRunList } from './use-run-list.ts'

/** What every run measured last, kept fresh while one goes on; asked for only while it is wanted. */
export function useLastValues(wanted: MaybeRefOrGetter<boolean>) {
  const { live } = useRunList()
  const query = useQuery(
    computed(() =>
      api.runs.lastValues.queryOptions({
        enabled: toValue(wanted),
        refetchInterval: live.value ? 3_000 : false,
      }),
    ),
  )
  const values = computed<ValuesByRun>(
    () => new Map(query.data.value?.map(({ id, values: own }) => [id, own])),
  )
  return { values, isKnown: computed(() => query.data.value !== undefined) }
}

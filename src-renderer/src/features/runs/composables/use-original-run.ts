import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { Run } from '#shared/contract/runs.ts'
import { api } from '../../../api/client.ts'
import { nextName } from '../lib/run-names.ts'

/**
 * Finds the run that a form starts from.
 * @param id null: there is none
 * @param take gets it, and a name like its own that no run has
 */
export function useOriginalRun(
  id: MaybeRefOrGetter<number | null>,
  take: (original: Run, name: string) => void,
): void {
  const runs = useQuery(api.runs.list.queryOptions())
  const original = computed(() => runs.data.value?.find((run) => run.id === toValue(id)) ?? null)
  watch(
    () => original.value?.id,
    () => {
      if (!original.value) return
      const taken = (runs.data.value ?? []).map(({ name }) => name)
      take(original.value, nextName(original.value.name, taken))
    },
    { immediate: true },
  )
}

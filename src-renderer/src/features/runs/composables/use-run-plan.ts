import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { refDebounced } from '@vueuse/core'
import { computed, toRaw, type Ref } from 'vue'
import type { StartRun } from '#shared/contract/runs.ts'
import { api } from '../../../api/client.ts'

/** Time in which typing counts as one change, in ms. */
const TYPING = 300

/**
 * What the service says about a run before it starts, without trying it.
 * @param request what would be started; null while it cannot be
 */
export function useRunPlan(request: Readonly<Ref<StartRun | null>>) {
  const settled = refDebounced(request, TYPING)
  const answer = useQuery(
    computed(() =>
      api.runs.plan.queryOptions({
        input: settled.value ?? {},
        enabled: settled.value !== null,
        // So that the line does not jump while somebody types; its estimate is of other settings.
        placeholderData: keepPreviousData,
        retry: false,
        refetchInterval: 5_000,
      }),
    ),
  )
  /** The answer, where it is to what would be started now. */
  const current = computed(() => {
    const isCurrent =
      !answer.isPlaceholderData.value &&
      !answer.error.value &&
      toRaw(settled.value) === request.value
    return isCurrent ? answer.data.value : undefined
  })
  return {
    plan: computed(() => (answer.error.value ? null : (answer.data.value ?? null))),
    /** Why the service would refuse these settings; null where it would not, or has not said yet. */
    problem: computed(() => answer.error.value?.message ?? current.value?.problem ?? null),
    /** From runs and trials before; null where there was none like this. */
    estimate: computed(() => current.value?.estimate ?? null),
  }
}

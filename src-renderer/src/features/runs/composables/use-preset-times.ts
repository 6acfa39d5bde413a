import { useQueries } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api } from '../../../api/client.ts'

/**
 * Seconds that runs of presets take on this machine, by name: those that have been estimated on this
 * data set. Nothing is measured.
 */
export function usePresetTimes(
  presets: MaybeRefOrGetter<readonly string[]>,
  datasetId: MaybeRefOrGetter<number | null>,
) {
  const plans = useQueries({
    queries: computed(() =>
      [...new Set(toValue(presets))].map((preset) =>
        api.runs.plan.queryOptions({
          input: { preset, datasetId: toValue(datasetId) ?? undefined },
          enabled: toValue(datasetId) !== null,
          // A preset that does not fit the data set has no time; choosing it says why.
          retry: false,
          select: ({ estimate }) => ({ preset, seconds: estimate?.seconds ?? null }),
        }),
      ),
    ),
  })
  return computed(
    () =>
      new Map(
        plans.value.flatMap(({ data }) =>
          data && data.seconds !== null ? [[data.preset, data.seconds] as const] : [],
        ),
      ),
  )
}

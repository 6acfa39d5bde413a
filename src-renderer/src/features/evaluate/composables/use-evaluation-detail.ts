import { useQuery } from '@tanstack/vue-query'
import { computed, toRaw, toValue, type MaybeRefOrGetter } from 'vue'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import { api } from '../../../api/client.ts'
import { confusionOf } from '#shared/metrics/confusion-matrix.ts'

/** Names of the classes and confusion, which the list leaves out; null until they are here. */
export function useEvaluationDetail(evaluation: MaybeRefOrGetter<Evaluation | null>) {
  const result = computed(() => toValue(evaluation)?.result ?? null)
  const query = useQuery(
    computed(() =>
      api.evaluations.detail.queryOptions({
        input: { id: toValue(evaluation)?.id ?? 0 },
        enabled: result.value !== null,
        staleTime: Infinity,
      }),
    ),
  )
  // Without the proxies of what is watched: 160,000 cells are read through them.
  const matrix = computed(() =>
    query.data.value
      ? confusionOf(toRaw(query.data.value).confusion, toRaw(query.data.value).classes)
      : null,
  )
  /** Names of the classes, by label; none until they are here. */
  const classes = computed(() => query.data.value?.classes ?? [])
  return { query, matrix, classes }
}

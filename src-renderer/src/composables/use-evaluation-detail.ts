import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import { api } from '../api/client.ts'
import { confusionOf } from '../lib/confusion.ts'

/** Confusion and accuracy by class, which the list leaves out; null until they are here. */
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
  const matrix = computed(() =>
    query.data.value && result.value
      ? confusionOf(query.data.value.confusion, result.value.classes)
      : null,
  )
  return { query, matrix }
}

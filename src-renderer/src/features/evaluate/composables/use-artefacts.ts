import { useQueries } from '@tanstack/vue-query'
import { computed, toRaw, toValue, type MaybeRefOrGetter } from 'vue'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Artefact } from '#shared/tasks/artefact.ts'
import { api } from '../../../api/client.ts'
import { readArtefact } from '../lib/read-artefact.ts'

/** What some evaluations by the task of an artefact have left, in their order. */
export function useArtefacts<Content>(
  artefact: Artefact<Content>,
  evaluations: MaybeRefOrGetter<readonly Evaluation[]>,
) {
  const queries = useQueries({
    queries: computed(() =>
      toValue(evaluations).map(({ id, protocol }) =>
        api.evaluations.artefact.queryOptions({
          input: { id, name: protocol },
          staleTime: Infinity,
          select: (text: string | null) => readArtefact(artefact, text),
        }),
      ),
    ),
  })
  const found = computed(() =>
    toValue(evaluations).flatMap((evaluation, i) => {
      // Vue watches every number of what a query gives: too slow for a map of 20,000 points.
      const content = toRaw(queries.value[i]?.data) as Content | null | undefined
      return content ? [{ evaluation, artefact: content }] : []
    }),
  )
  const error = computed(() => queries.value.find((query) => query.error)?.error ?? null)
  const isLoading = computed(() => queries.value.some((query) => query.isLoading))
  const retry = () => queries.value.filter((query) => query.error).map((query) => query.refetch())
  return { found, error, isLoading, retry }
}

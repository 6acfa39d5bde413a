import { useQueries } from '@tanstack/vue-query'
import { computed, toRaw, toValue, type MaybeRefOrGetter } from 'vue'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Artefact } from '#shared/contract/explain.ts'
import { api } from '../../../api/client.ts'
import { readArtefact } from '../lib/read-artefact.ts'

/** What some evaluations of one explaining protocol have left, in their order. */
export function useArtefacts<Kind extends Artefact['kind']>(
  kind: Kind,
  evaluations: MaybeRefOrGetter<readonly Evaluation[]>,
) {
  type Found = Extract<Artefact, { kind: Kind }>
  const queries = useQueries({
    queries: computed(() =>
      toValue(evaluations).map(({ id }) =>
        api.evaluations.artefact.queryOptions({
          input: { id, name: kind },
          staleTime: Infinity,
          select: readArtefact,
        }),
      ),
    ),
  })
  const found = computed(() =>
    toValue(evaluations).flatMap((evaluation, i) => {
      // Vue watches every number of what a query gives: too slow for a map of 20,000 points.
      const artefact = toRaw(queries.value[i]?.data)
      return artefact?.kind === kind ? [{ evaluation, artefact: artefact as Found }] : []
    }),
  )
  const error = computed(() => queries.value.find((query) => query.error)?.error ?? null)
  const isLoading = computed(() => queries.value.some((query) => query.isLoading))
  const retry = () => queries.value.filter((query) => query.error).map((query) => query.refetch())
  return { found, error, isLoading, retry }
}

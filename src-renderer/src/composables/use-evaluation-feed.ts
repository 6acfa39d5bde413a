import { useQueryClient } from '@tanstack/vue-query'
import { shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { MetricPoint, Progress } from '#shared/contract/runs.ts'
import { api, client, connection } from '../api/client.ts'
import { follow } from '../api/follow.ts'

/** Progress and the newest measurements of an evaluation under way; its row goes into the list. */
export function useEvaluationFeed(id: MaybeRefOrGetter<number | null>) {
  const queries = useQueryClient()
  const progress = shallowRef<Progress | null>(null)
  const metrics = shallowRef<Record<string, number>>({})
  const warnings = shallowRef<readonly string[]>([])
  const failure = shallowRef<unknown>(null)

  watch(
    () => toValue(id),
    async (evaluationId, _before, onCleanup) => {
      progress.value = null
      metrics.value = {}
      warnings.value = []
      failure.value = null
      if (evaluationId === null) return
      const controller = new AbortController()
      const { signal } = controller
      onCleanup(() => controller.abort())
      try {
        await follow({
          connection,
          signal,
          subscribe: () => client.evaluations.watch({ id: evaluationId }, { signal }),
          onEvent(event) {
            if (event.type === 'progress') progress.value = event.progress
            else if (event.type === 'evaluation') patch(event.evaluation)
            else if (event.type === 'warning') warn(event.message)
            else if (event.type === 'metrics') measure(event.points)
          },
        })
      } catch (error) {
        if (!signal.aborted) failure.value = error
      }
    },
    { immediate: true },
  )
  function warn(message: string) {
    if (!warnings.value.includes(message)) warnings.value = [...warnings.value, message].slice(-50)
  }
  function measure(points: readonly MetricPoint[]) {
    const newest = points.map(({ name, value }) => [name, value])
    metrics.value = { ...metrics.value, ...Object.fromEntries(newest) }
  }
  function patch(evaluation: Evaluation) {
    queries.setQueryData(api.evaluations.list.queryKey(), (list: Evaluation[] | undefined) =>
      list?.map((known) => (known.id === evaluation.id ? evaluation : known)),
    )
  }
  return { progress, metrics, warnings, failure }
}

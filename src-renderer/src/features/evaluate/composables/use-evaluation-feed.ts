import { useQueryClient } from '@tanstack/vue-query'
import { shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { Evaluation, EvaluationEvent, PartialResult } from '#shared/contract/evaluations.ts'
import type { MetricPoint, Progress } from '#shared/contract/runs.ts'
import { api, client, connection } from '../../../api/client.ts'
import { follow } from '../../../api/follow.ts'
import { addToTrace, type Trace } from '#shared/metrics/score-trace.ts'

/** Warnings kept. */
const MOST = 50

/** Progress and what is measured so far of a running evaluation; its row goes into the list. */
export function useEvaluationFeed(id: MaybeRefOrGetter<number | null>) {
  const queries = useQueryClient()
  const failure = shallowRef<unknown>(null)
  const { take, clear, ...measured } = useMeasured()
  function patch(evaluation: Evaluation) {
    queries.setQueryData(api.evaluations.list.queryKey(), (list: Evaluation[] | undefined) =>
      list?.map((known) => (known.id === evaluation.id ? evaluation : known)),
    )
  }
  watch(
    () => toValue(id),
    async (evaluationId, _before, onCleanup) => {
      clear()
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
          onEvent: (event) => (event.type === 'evaluation' ? patch(event.evaluation) : take(event)),
        })
      } catch (error) {
        if (!signal.aborted) failure.value = error
      }
    },
    { immediate: true },
  )
  return { ...measured, failure }
}

/** What an evaluation has told of itself. */
function useMeasured() {
  const progress = shallowRef<Progress | null>(null)
  const metrics = shallowRef<Record<string, number>>({})
  const partial = shallowRef<PartialResult | null>(null)
  /** How the scores came to what they are. */
  const trace = shallowRef<Trace>([])
  const warnings = shallowRef<readonly string[]>([])

  function take(event: Exclude<EvaluationEvent, { type: 'evaluation' }>) {
    if (event.type === 'progress') progress.value = event.progress
    else if (event.type === 'warning') warn(event.message)
    else if (event.type === 'trace') trace.value = event.trace
    else if (event.type === 'partial') see(event.partial)
    else measure(event.points)
  }
  function see(news: PartialResult) {
    partial.value = news
    trace.value = addToTrace(trace.value, news)
  }
  function warn(message: string) {
    if (!warnings.value.includes(message))
      warnings.value = [...warnings.value, message].slice(-MOST)
  }
  function measure(points: readonly MetricPoint[]) {
    const newest = points.map(({ name, value }) => [name, value] as const)
    metrics.value = { ...metrics.value, ...Object.fromEntries(newest) }
  }
  function clear() {
    progress.value = partial.value = null
    metrics.value = {}
    trace.value = []
    warnings.value = []
  }
  return { progress, metrics, partial, trace, warnings, take, clear }
}

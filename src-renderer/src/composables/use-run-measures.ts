import { computed, type MaybeRefOrGetter } from 'vue'
import type { Run } from '#shared/contract/runs.ts'
import { metricKinds } from '#shared/metrics/catalogue.ts'
import { toValue } from 'vue'
import type { Measured } from '../lib/compare-text.ts'
import { useComparedCurves } from './use-compared-curves.ts'

/** The last and the best value of one quantity, by run. */
export function useRunMeasures(
  runs: MaybeRefOrGetter<readonly Run[]>,
  metric: MaybeRefOrGetter<string>,
) {
  const { curves } = useComparedCurves({ runs, metric, axis: 'step', window: null, smoothing: 0 })
  return computed(() => {
    const better = metricKinds[toValue(metric)]?.better
    return new Map<number, Measured>(
      curves.value.map(({ runId, curve: { last, least, greatest } }) => {
        const best = better === 'low' ? least : better === 'high' ? greatest : null
        return [runId, { last, best }]
      }),
    )
  })
}

import { computed, type MaybeRefOrGetter } from 'vue'
import type { CurvePoint } from '#shared/contract/curves.ts'
import type { Run } from '#shared/contract/runs.ts'
import { metricKinds } from '#shared/metrics/catalogue.ts'
import { useComparedCurves } from './use-compared-curves.ts'

/** Metrics that are better at one end. */
const names = Object.entries(metricKinds).flatMap(([name, { better, source }]) =>
  better && source !== 'meter' ? [name] : [],
)

/** The best measured value of every metric that has a good end, by run. */
export function useBestValues(runs: MaybeRefOrGetter<readonly Run[]>) {
  const { curves } = useComparedCurves({ runs, names })
  return computed(() => {
    const found = new Map<number, Map<string, CurvePoint>>()
    for (const { runId, curve } of curves.value) {
      if (!curve.best) continue
      const own = found.get(runId) ?? new Map<string, CurvePoint>()
      found.set(runId, own.set(curve.name, curve.best))
    }
    return found
  })
}

import type { Run } from '#shared/contract/runs.ts'
import {
  HEALTH_SMOOTHING,
  judge,
  type JudgedMetric,
  type LatestValue,
} from '#shared/metrics/health.ts'
import { checksOfRun } from '#shared/metrics/run-health.ts'
import { averaged } from '#shared/metrics/series.ts'
import type { CurveSet } from './curve-cache.ts'

/** The mean of the latest values of each metric of a run beside its healthy range. */
export function judgeRun(
  run: Pick<Run, 'config' | 'totalSteps'>,
  curves: CurveSet,
): JudgedMetric[] {
  const checks = checksOfRun(run)
  const latest = checks.flatMap(({ metric }): [string, LatestValue][] => {
    const series = curves.get(metric)?.series
    const step = series?.x.at(-1)
    if (!series || step === undefined) return []
    const mean = averaged(series.y, HEALTH_SMOOTHING).values.at(-1)!
    return [[metric, { step, value: series.y.at(-1)!, mean }]]
  })
  return judge(checks, new Map(latest))
}

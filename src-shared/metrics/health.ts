import type { HealthCheck } from '../methods/method.ts'

/** Weight of the past in the mean that is judged: one noisy batch is no sign of anything. */
export const HEALTH_SMOOTHING = 0.8

/** Steps before which a run is not judged: its embeddings are still those of random weights. */
export const JUDGED_FROM = 20

/** What a metric has come to. */
export interface LatestValue {
  /** Steps done when it was measured last. */
  step: number
  /** Mean of the latest values. */
  mean: number
}

/** What is wrong with a run: a sentence for each check whose metric is out of its range. */
export function complaintsOf(
  checks: readonly HealthCheck[],
  latest: ReadonlyMap<string, LatestValue>,
): string[] {
  return checks.flatMap(({ metric, min = -Infinity, max = Infinity, sentence }) => {
    const found = latest.get(metric)
    if (!found || found.step < JUDGED_FROM) return []
    return found.mean < min || found.mean > max ? [sentence] : []
  })
}

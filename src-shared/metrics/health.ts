/** Weight of the past in the mean that is judged: one noisy batch is no sign of anything. */
export const HEALTH_SMOOTHING = 0.8

/** Steps before which a run is not judged: its embeddings are still those of random weights. */
export const JUDGED_FROM = 20

/** An end of a healthy range: a number, or what another metric of the run has come to. */
export type Bound = number | { metric: string }

/** A value to compare with, such as that of an encoder which has learned nothing. */
export interface HealthMark {
  value: number
  /** A word or two, such as `chance`. */
  label: string
}

/** What a metric should be once a run has begun to learn, why, and what to do where it is not. */
export interface HealthCheck {
  metric: string
  /** What the mean of the latest steps should lie between; left out: no bound. */
  min?: Bound
  max?: Bound
  marks?: readonly HealthMark[]
  /** Why the range is this one, with the formula and the run's own numbers. */
  reason: string
  /** Paper and section, or that it follows by calculation. */
  source: string
  /** The fact and the remedy where the mean is below `min`. */
  below?: string
  /** The fact and the remedy where it is above `max`. */
  above?: string
  /** The value that says that there was nothing to measure; a metric that is exactly this is not judged. */
  nothing?: number
}

/** What a run is judged by besides its settings. */
export interface HealthFacts {
  /** Videos of an epoch; Infinity where it is not known. */
  videos: number
}

/** What a metric has come to. */
export interface LatestValue {
  /** Steps done when it was measured last. */
  step: number
  /** What was measured then. */
  value: number
  /** Mean of the latest values. */
  mean: number
}

/** How a metric stands to its healthy range. `open`: too early, not measured, or without a range. */
export type Verdict = 'healthy' | 'below' | 'above' | 'open'

export interface JudgedMetric {
  check: HealthCheck
  /** Null where it has not been measured. */
  latest: LatestValue | null
  /** The range in numbers; undefined where there is no bound. */
  min: number | undefined
  max: number | undefined
  verdict: Verdict
  /** The fact and the remedy where it is out of its range. */
  complaint: string | null
}

/** Compares each metric with its range. @param latest by metric */
export function judge(
  checks: readonly HealthCheck[],
  latest: ReadonlyMap<string, LatestValue>,
): JudgedMetric[] {
  return checks.map((check) => {
    const own = latest.get(check.metric) ?? null
    // A metric that is not measured at present is not compared with what another one is by now.
    const number = (bound: Bound | undefined): number | undefined => {
      if (typeof bound !== 'object') return bound
      const other = latest.get(bound.metric)
      return other && own && own.step < other.step ? undefined : other?.mean
    }
    const [min, max] = [number(check.min), number(check.max)]
    const verdict = verdictOf(check, own, min, max)
    const complaint = verdict === 'below' ? check.below : verdict === 'above' ? check.above : null
    return { check, latest: own, min, max, verdict, complaint: complaint ?? null }
  })
}

function verdictOf(
  { nothing }: HealthCheck,
  latest: LatestValue | null,
  min: number | undefined,
  max: number | undefined,
): Verdict {
  if (!latest || latest.step < JUDGED_FROM || latest.value === nothing) return 'open'
  if (min === undefined && max === undefined) return 'open'
  if (latest.mean < (min ?? -Infinity)) return 'below'
  return latest.mean > (max ?? Infinity) ? 'above' : 'healthy'
}

/** What is wrong with a run: a sentence for each metric that is out of its range, each once. */
export function complaintsOf(judged: readonly JudgedMetric[]): string[] {
  return [...new Set(judged.flatMap(({ complaint }) => complaint ?? []))]
}

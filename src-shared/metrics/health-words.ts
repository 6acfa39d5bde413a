import { formatNumber } from '../text/numbers.ts'
import type { MetricKind } from './catalogue.ts'
import { metricKindOf } from './catalogue.ts'
import type { JudgedMetric, Verdict } from './health.ts'

/** A judged metric as it is read. */
export interface HealthWords {
  label: string
  /** With its unit; a dash where nothing was measured. */
  value: string
  range: string
  verdict: string
}

const verdicts: Readonly<Record<Verdict, string>> = {
  healthy: 'in range',
  below: 'below range',
  above: 'above range',
  open: 'not judged',
}

/** @param method of the run */
export function healthWords(judged: JudgedMetric, method: string): HealthWords {
  const { check, latest, min, max, verdict } = judged
  const kind = metricKindOf(check.metric, method)
  const print = (value: number): string => printHealth(value, kind)
  const hasRange = min !== undefined || max !== undefined
  return {
    label: kind?.label ?? check.metric,
    value: latest ? print(latest.mean) : '–',
    range: rangeWords(min, max, print),
    verdict: hasRange || !latest ? verdicts[verdict] : 'no range',
  }
}

/** `4.1 nats`, `52 %` */
export function printHealth(value: number, kind: MetricKind | undefined): string {
  if (kind?.print === 'percent') return `${formatNumber(100 * value)} %`
  return kind?.unit ? `${formatNumber(value)} ${kind.unit}` : formatNumber(value)
}

function rangeWords(
  min: number | undefined,
  max: number | undefined,
  print: (value: number) => string,
): string {
  if (min !== undefined && max !== undefined) return `${print(min)} to ${print(max)}`
  if (min !== undefined) return `from ${print(min)}`
  return max === undefined ? 'none' : `up to ${print(max)}`
}

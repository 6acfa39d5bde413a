import type { Engine } from '../trainer/engine/engine.ts'
import type { Precision } from '../trainer/engine/precision.ts'
import type { Finding, Measured, Outcome } from './report.ts'

/** What a check works with. */
export interface CheckContext {
  /** Loads TensorFlow when it is first asked for. @throws SkipCheck where the precision is not supported */
  engine(): Promise<Engine>
}

/** One thing that the self-test compares. It throws where the device cannot do it at all. */
export interface Check {
  /** Stable: names the check between processes and in reports. */
  id: string
  title: string
  /** Null where no arithmetic of the device takes part. */
  precision: Exclude<Precision, 'auto'> | null
  run(context: CheckContext): Promise<{ findings: Finding[]; measured?: Measured }>
}

/** The check does not apply to this device; the message says why. */
export class SkipCheck extends Error {
  override name = 'SkipCheck'
}

/** Whether every error is within its limit. A number that is not finite is not. */
export function passes(findings: readonly Finding[]): boolean {
  return findings.every(({ error, limit }) => error <= limit)
}

/** Runs a check and says how it ended; never throws. */
export async function outcomeOf(check: Check, context: CheckContext): Promise<Outcome> {
  const { id, title, precision } = check
  const started = performance.now()
  const end = (rest: Pick<Outcome, 'state' | 'reason' | 'findings' | 'measured'>): Outcome => ({
    id,
    title,
    precision,
    seconds: (performance.now() - started) / 1e3,
    ...rest,
  })
  try {
    const { findings, measured = null } = await check.run(context)
    const state = passes(findings) ? 'passed' : 'failed'
    return end({ state, reason: null, findings, measured })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const state = error instanceof SkipCheck ? 'skipped' : 'failed'
    return end({ state, reason, findings: [], measured: null })
  }
}

/** |a - b| / |b| over whole arrays; infinite where they differ in length or a number is not finite. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity
  let difference = 0
  let norm = 0
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i] - expected[i]) ** 2
    norm += expected[i] ** 2
  }
  const error = Math.sqrt(difference / norm)
  return Number.isNaN(error) ? (difference === 0 ? 0 : Infinity) : error
}

/** |a - b| of the pair that differs most. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity
  let largest = 0
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i])
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference
  }
  return largest
}

import type { EvaluationEvent } from '#shared/contract/evaluations.ts'
import type { MetricPoint, Progress, Run, RunEvent } from '#shared/contract/runs.ts'
import type { Curve } from '#shared/metrics/curves.ts'

export interface MutableCurve extends Curve {
  steps: number[]
  values: number[]
}

/**
 * Gathers the metrics of one run into curves. A stream that starts over sends everything again, and
 * a run that goes on from a checkpoint repeats steps: what is measured last holds.
 */
export class MetricCurves {
  readonly curves = new Map<string, MutableCurve>()
  #stale = false

  /** The next points are the whole history again. */
  restart(): void {
    this.#stale = true
  }

  append(points: readonly MetricPoint[]): void {
    if (this.#stale) this.curves.clear()
    this.#stale = false
    for (const { name, step, value } of points) {
      const curve = this.#curve(name)
      while (curve.steps.length > 0 && curve.steps.at(-1)! >= step) {
        curve.steps.pop()
        curve.values.pop()
      }
      curve.steps.push(step)
      curve.values.push(value)
    }
  }

  /** Copies, so that what holds one sees a change as a new object. */
  snapshot(): Record<string, Curve> {
    return Object.fromEntries(
      [...this.curves].map(([name, { steps, values }]) => [
        name,
        { steps: steps.slice(), values: values.slice() },
      ]),
    )
  }

  #curve(name: string): MutableCurve {
    const known = this.curves.get(name)
    if (known) return known
    const curve = { steps: [], values: [] }
    this.curves.set(name, curve)
    return curve
  }
}

export interface FeedState {
  run: Run | null
  progress: Progress | null
  curves: Record<string, Curve>
  warnings: readonly string[]
}

export const emptyFeed: FeedState = { run: null, progress: null, curves: {}, warnings: [] }

/** What an event changes, curves aside. */
export function reduceFeed(state: FeedState, event: RunEvent | EvaluationEvent): FeedState {
  if (event.type === 'run') return { ...state, run: event.run }
  if (event.type === 'progress') return { ...state, progress: event.progress }
  if (event.type !== 'warning' || state.warnings.includes(event.message)) return state
  return { ...state, warnings: [...state.warnings, event.message].slice(-50) }
}

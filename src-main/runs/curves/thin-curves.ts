import type { z } from 'zod'
import {
  SESSION,
  TIME,
  type CurvePoint,
  type Curves,
  type curvesRequestSchema,
  type ThinCurve,
} from '#shared/contract/curves.ts'
import { isSmoothable } from '#shared/metrics/catalogue.ts'
import { bestCountsFrom, isBetter } from '#shared/metrics/best.ts'
import { averaged, firstAtLeast, thinned, type Series } from '#shared/metrics/series.ts'
import { Pieces } from '../../base/async/pieces.ts'
import type { CurveSet } from './curve-cache.ts'

type Request = z.output<typeof curvesRequestSchema>

/**
 * Curves as a page draws them; those without a point are left out.
 * @param fullFrom the first step at which the run's queue is full; see `firstScoredStep`
 */
export function thinCurves(set: CurveSet, request: Request, fullFrom: number): Curves {
  const work = thinning(set, request, fullFrom)
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}

/** The same, part by part, so that a long run does not hold the host up. */
export async function thinCurvesInPieces(
  set: CurveSet,
  request: Request,
  fullFrom: number,
): Promise<Curves> {
  const pieces = new Pieces()
  const work = thinning(set, request, fullFrom)
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
    await pieces.pause()
  }
}

/** Thins curves; it may be left alone for a while wherever it yields. */
function* thinning(
  set: CurveSet,
  request: Request,
  fullFrom: number,
): Generator<void, Curves, void> {
  const clock = set.get(TIME)?.series
  const names = request.names ?? [...set.keys()].filter((name) => name !== TIME && name !== SESSION)
  const curves: ThinCurve[] = []
  let step = 0
  for (const name of names) {
    const series = set.get(name)?.series
    if (!series || series.x.length === 0) continue
    step = Math.max(step, series.x[series.x.length - 1])
    const placed = request.axis === 'step' ? series : onClock(series, clock)
    yield
    if (placed.x.length === 0) continue
    const bestFrom = bestCountsFrom(name, fullFrom)
    // On the clock too, it is the step that counts.
    const from = request.axis === 'step' ? bestFrom : timeOf(bestFrom, clock)
    const best = bestOf(name, placed, from)
    yield
    curves.push({ ...(yield* thinCurve(name, placed, request)), best, bestFrom })
  }
  const origin = request.axis === 'step' ? 0 : (clock?.y[0] ?? 0)
  return { curves, breaks: breaksOf(set, request.axis, clock), origin, step }
}

/** The time of the first step that is at least `step`; infinite where there is none yet. */
function timeOf(step: number, clock: Series | undefined): number {
  return clock?.y[firstAtLeast(clock.x, step)] ?? Infinity
}

/** The best value of those from an x on, the earliest of equal ones. */
function bestOf(name: string, { x, y }: Series, from: number): CurvePoint | null {
  let best: CurvePoint | null = null
  for (let i = firstAtLeast(x, from); i < x.length; i++) {
    if (isBetter(name, y[i], best?.value ?? null)) best = { x: x[i], value: y[i] }
  }
  return best
}

function* thinCurve(
  name: string,
  series: Series,
  request: Request,
): Generator<void, Omit<ThinCurve, 'best' | 'bestFrom'>, void> {
  const { x, y } = series
  const { from = -Infinity, to = Infinity, columns } = request
  const smoothing = isSmoothable(name) ? request.smoothing : 0
  const drawn = thinned(series, from, to, columns)
  yield
  const { values, state } = averaged(y, smoothing)
  yield
  const smooth = smoothing > 0 ? thinned({ x, y: values }, from, to, columns) : null
  const point = (i: number) => ({ x: x[i], value: y[i] })
  return {
    name,
    count: x.length,
    x: drawn.x,
    y: drawn.y,
    smooth,
    average: state,
    first: point(0),
    last: point(x.length - 1),
  }
}

/** The same values at the times of their steps; steps whose time is not known are left out. */
function onClock({ x, y }: Series, clock: Series | undefined): Series {
  const [times, values] = [new Float64Array(x.length), new Float64Array(x.length)]
  let used = 0
  for (let i = 0, at = 0; clock && i < x.length; i++) {
    while (at < clock.x.length && clock.x[at] < x[i]) at++
    const time = clock.x[at] === x[i] ? clock.y[at] : NaN
    // A clock that was set back must not fold the curve.
    if (!(time > (used > 0 ? times[used - 1] : -Infinity))) continue
    times[used] = time
    values[used++] = y[i]
  }
  return { x: times.subarray(0, used), y: values.subarray(0, used) }
}

function breaksOf(set: CurveSet, axis: Request['axis'], clock: Series | undefined): number[] {
  const sessions = set.get(SESSION)?.series
  if (!sessions) return []
  const steps = [...sessions.x].slice(1)
  if (axis === 'step') return steps
  if (!clock) return []
  return steps.flatMap((step) => {
    const at = firstAtLeast(clock.x, step)
    return at < clock.x.length ? [clock.y[at]] : []
  })
}

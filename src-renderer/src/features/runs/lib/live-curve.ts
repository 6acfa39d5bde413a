import type { PlotPoint } from '#shared/figures/curve-plot.ts'
import { TIME, type CurveAxis, type CurvePoint, type ThinCurve } from '#shared/contract/curves.ts'
import { isBetter } from '#shared/metrics/best.ts'
import { follow, type Series } from '#shared/metrics/series.ts'
import type { CurveTail } from './curve-tail.ts'

/** One curve as it is drawn: what the service thinned, and what came since. */
export interface LiveCurve {
  name: string
  points: PlotPoint[]
  smooth: PlotPoint[] | null
  first: CurvePoint
  last: CurvePoint
  best: CurvePoint | null
  /** Points that came since the service was asked. */
  fresh: number
}

export interface LiveOptions {
  axis: CurveAxis
  /** Step of the newest point that the service had. */
  step: number
  /** As asked of the service. */
  smoothing: number
  /** False where the window ends before the newest point. */
  follows: boolean
}

/** Adds the points that came after the service answered. */
export function liveCurve(curve: ThinCurve, tail: CurveTail, options: LiveOptions): LiveCurve {
  const points = pairs(curve)
  const smooth = curve.smooth && pairs(curve.smooth)
  let { last, best } = curve
  const fresh = freshPoints(curve.name, tail, options, last.x)
  const average = { ...curve.average }
  for (const { step, ...point } of fresh) {
    last = point
    const counts = step >= curve.bestFrom
    if (counts && isBetter(curve.name, point.value, best?.value ?? null)) best = point
    const smoothed = follow(average, point.value, options.smoothing)
    if (!options.follows) continue
    points.push({ x: point.x, y: point.value })
    smooth?.push({ x: point.x, y: smoothed })
  }
  const { name, first } = curve
  return { name, points, smooth, first, last, best, fresh: fresh.length }
}

function freshPoints(
  name: string,
  tail: CurveTail,
  { axis, step }: LiveOptions,
  after: number,
): (CurvePoint & { step: number })[] {
  const { steps, values } = tail.after(name, axis === 'step' ? after : step)
  if (axis === 'step') return steps.map((x, i) => ({ x, step: x, value: values[i] ?? NaN }))
  const clock = tail.after(TIME, step)
  const times = new Map(clock.steps.map((at, i) => [at, clock.values[i] ?? NaN]))
  return steps
    .map((at, i) => ({ x: times.get(at) ?? NaN, step: at, value: values[i] ?? NaN }))
    .filter(({ x }) => x > after)
}

function pairs({ x, y }: Series): PlotPoint[] {
  return Array.from(x, (at, i) => ({ x: at, y: y[i] ?? NaN }))
}

/** The same curve with x counted from an origin in another unit. */
export function movedCurve(curve: LiveCurve, place: { origin: number; unit: number }): LiveCurve {
  const { origin, unit } = place
  if (origin === 0 && unit === 1) return curve
  const to = (x: number) => (x - origin) / unit
  const point = ({ x, value }: CurvePoint) => ({ x: to(x), value })
  const line = (points: readonly PlotPoint[]) => points.map(({ x, y }) => ({ x: to(x), y }))
  return {
    ...curve,
    points: line(curve.points),
    smooth: curve.smooth && line(curve.smooth),
    first: point(curve.first),
    last: point(curve.last),
    best: curve.best && point(curve.best),
  }
}

/** Cuts a curve where a run stood still, so that no line bridges the time between. */
export function withGaps(points: readonly PlotPoint[], breaks: readonly number[]): PlotPoint[] {
  if (breaks.length === 0) return [...points]
  const cut: PlotPoint[] = []
  let next = 0
  for (const point of points) {
    while (next < breaks.length && (breaks[next] ?? Infinity) <= point.x) {
      const before = cut.at(-1)
      if (before && !Number.isNaN(before.y)) cut.push({ x: breaks[next] ?? before.x, y: NaN })
      next++
    }
    cut.push(point)
  }
  return cut
}

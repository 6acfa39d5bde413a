import { describe, expect, it } from 'vitest'
import type { ThinCurve } from '#shared/contract/curves.ts'
import { smooth } from '#shared/metrics/curves.ts'
import { CurveTail } from '../../../../../src-renderer/src/features/runs/lib/curve-tail.ts'
import {
  liveCurve,
  withGaps,
} from '../../../../../src-renderer/src/features/runs/lib/live-curve.ts'

const WEIGHT = 0.5
const values = [4, 3, 5]
const averages = smooth(values, WEIGHT)
const curve: ThinCurve = {
  name: 'loss',
  count: 3,
  x: Float64Array.of(1, 2, 3),
  y: Float64Array.from(values),
  smooth: { x: Float64Array.of(1, 2, 3), y: Float64Array.from(averages) },
  average: { average: averages[2]! * (1 - WEIGHT ** 3), total: 1 - WEIGHT ** 3 },
  first: { x: 1, value: 4 },
  last: { x: 3, value: 5 },
  best: { x: 2, value: 3 },
  bestFrom: 2,
}
const point = (step: number, value: number, name = 'loss') => ({ step, name, value })
const options = { axis: 'step', step: 3, smoothing: WEIGHT, follows: true } as const

describe('a curve that goes on', () => {
  it('is as if the service had been asked again', () => {
    const tail = new CurveTail()
    tail.append([point(3, 5), point(4, 1), point(5, 2)])
    const live = liveCurve(curve, tail, options)
    expect(live.points.map(({ x, y }) => [x, y])).toEqual([
      [1, 4],
      [2, 3],
      [3, 5],
      [4, 1],
      [5, 2],
    ])
    smooth([...values, 1, 2], WEIGHT).forEach((value, i) =>
      expect(live.smooth?.[i]?.y).toBeCloseTo(value, 12),
    )
    expect(live).toMatchObject({ last: { x: 5, value: 2 }, best: { x: 4, value: 1 }, fresh: 2 })
  })

  it('has no best value before the step from which they count, on either axis', () => {
    const early: ThinCurve = { ...curve, best: null, bestFrom: 5 }
    const tail = new CurveTail()
    tail.append([point(4, 1), point(4, 90, 'time')])
    expect(liveCurve(early, tail, options).best).toBeNull()
    tail.append([point(5, 2), point(5, 100, 'time'), point(6, 3), point(6, 110, 'time')])
    expect(liveCurve(early, tail, options).best).toEqual({ x: 5, value: 2 })
    const onTime = { ...early, x: Float64Array.of(10, 20, 30), last: { x: 30, value: 5 } }
    expect(liveCurve(onTime, tail, { ...options, axis: 'time' }).best).toEqual({
      x: 100,
      value: 2,
    })
  })

  it('keeps to a window that ends before, and still knows the newest value', () => {
    const tail = new CurveTail()
    tail.append([point(4, 1)])
    const live = liveCurve(curve, tail, { ...options, follows: false })
    expect(live.points).toHaveLength(3)
    expect(live.last).toEqual({ x: 4, value: 1 })
  })

  it('stands at the times of its steps on a time axis', () => {
    const tail = new CurveTail()
    tail.append([point(4, 1), point(4, 90, 'time'), point(5, 2)])
    const onTime = { ...curve, x: Float64Array.of(10, 20, 30), last: { x: 30, value: 5 } }
    const live = liveCurve(onTime, tail, { ...options, axis: 'time' })
    expect(live.points.at(-1)).toEqual({ x: 90, y: 1 })
    expect(live.fresh).toBe(1)
  })

  it('is cut where the run stood still', () => {
    const points = [10, 20, 500, 510].map((x) => ({ x, y: x }))
    expect(withGaps(points, [500]).map(({ y }) => y)).toEqual([10, 20, NaN, 500, 510])
    expect(withGaps(points, [5])).toEqual(points)
  })
})

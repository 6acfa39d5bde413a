import { expect, it } from 'vitest'
import {
  HEALTH_PLOT,
  healthPlot,
} from '../../../../../src-renderer/src/features/runs/lib/health-plot.ts'

const points = [
  { x: 1, y: 0.2 },
  { x: 11, y: 0.6 },
]
const curve = { measured: points, mean: points, steps: 21, min: 0.1, max: undefined, marks: [] }

it('draws the healthy range from its bound to the edge, and the values in proportion', () => {
  const { band, end, marks, mean } = healthPlot({
    ...curve,
    marks: [{ value: 1.1, label: 'even' }],
  })
  // 0.1 to 1.1 fill 88 % of the height, with 6 % above and below.
  expect(band).toEqual({ y: 0, height: 94 })
  expect(marks).toEqual([{ y: expect.closeTo(6), label: 'even', side: 'left' }])
  expect(end?.x).toBeCloseTo(0.5)
  expect(end?.y).toBeCloseTo(0.5)
  expect(mean.split(' ')[0]).toBe('0.00,85.20')
})

it('keeps bounds that the values are far from in sight, and has no band without a bound', () => {
  const far = healthPlot({ ...curve, min: -5, max: 5 })
  expect(far.band!.y).toBeCloseTo(6)
  expect(far.band!.y + far.band!.height).toBeCloseTo(94)
  expect(healthPlot({ ...curve, min: undefined }).band).toBeNull()
})

it('stays finite with one value, with none, and with values that are no numbers', () => {
  const one = healthPlot({ ...curve, measured: [], mean: [points[0]!], min: undefined, steps: 1 })
  expect(Number.isFinite(one.end?.y)).toBe(true)
  expect(healthPlot({ ...curve, measured: [], mean: [], min: undefined }).end).toBeNull()
  const broken = healthPlot({ ...curve, mean: [...points, { x: 12, y: NaN }] })
  expect(broken.mean.split(' ')).toHaveLength(2)
  expect(HEALTH_PLOT.height).toBe(100)
})

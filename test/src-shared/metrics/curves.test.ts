import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimate, smooth, type Curve } from '#shared/metrics/curves.ts'

describe('smooth', () => {
  it('is the mean of all values so far, each weighted by its age', () => {
    const values = [3, -1, 4, 1, -5, 9]
    const weight = 0.6
    const expected = values.map((_, i) => {
      const ages = values.slice(0, i + 1).map((_, j) => weight ** (i - j))
      const weighted = ages.reduce((sum, age, j) => sum + age * values[j], 0)
      return weighted / ages.reduce((a, b) => a + b)
    })
    smooth(values, weight).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 12))
  })

  it('changes nothing at weight 0, and a constant never', () => {
    expect(smooth([1, 2, 3], 0)).toEqual([1, 2, 3])
    smooth([5, 5, 5], 0.9).forEach((value) => expect(value).toBeCloseTo(5, 12))
  })

  it('leaves what is not a number in its place', () => {
    const [first, second, third] = smooth([1, NaN, 1], 0.5)
    expect([first, third]).toEqual([1, 1])
    expect(second).toBeNaN()
  })
})

describe('decimate', () => {
  it('keeps the points of the largest triangles, worked by hand', () => {
    // Buckets {1, 2}, {3, 4}, {5, 6} between the ends. Twice the areas, with the point kept before
    // and the mean of the next bucket (at the end the last point): 4.5 and 16; 8.5 and 20.5; 0 and 3.
    const curve = { steps: [0, 1, 2, 3, 4, 5, 6, 7], values: [0, 1, 4, 1, -3, 0, 4, 6] }
    expect(decimate(curve, 5)).toEqual({ steps: [0, 2, 4, 6, 7], values: [0, 4, -3, 4, 6] })
  })

  const curves = fc
    .array(
      fc.record({
        gap: fc.integer({ min: 1, max: 9 }),
        value: fc.double({ min: -10, max: 10, noNaN: true }),
      }),
      { minLength: 1, maxLength: 120 },
    )
    .map((points): Curve => {
      let step = 0
      return {
        steps: points.map(({ gap }) => (step += gap)),
        values: points.map(({ value }) => value),
      }
    })

  it('gives points of the curve, its ends among them, in order and not more than asked', () => {
    fc.assert(
      fc.property(curves, fc.integer({ min: 3, max: 40 }), (curve, cap) => {
        const { steps, values } = decimate(curve, cap)
        expect(steps).toHaveLength(Math.min(cap, curve.steps.length))
        expect(steps[0]).toBe(curve.steps[0])
        expect(steps.at(-1)).toBe(curve.steps.at(-1))
        steps.forEach((step, i) => {
          if (i > 0) expect(step).toBeGreaterThan(steps[i - 1])
          expect(values[i]).toBe(curve.values[curve.steps.indexOf(step)])
        })
      }),
    )
  })

  it('keeps the points that the definition keeps', () => {
    fc.assert(
      fc.property(curves, fc.integer({ min: 3, max: 20 }), (curve, cap) => {
        fc.pre(curve.steps.length > cap)
        for (const { area, largest } of areasByDefinition(curve, decimate(curve, cap).steps)) {
          // Near ties fall either way by rounding.
          expect(area).toBeGreaterThanOrEqual(largest - 1e-9)
        }
      }),
    )
  })

  it('keeps a lone spike and a value that is not a number', () => {
    const steps = Array.from({ length: 1000 }, (_, i) => i)
    const values = steps.map((step) => (step === 437 ? 50 : step === 800 ? NaN : 1))
    const thin = decimate({ steps, values }, 50)
    expect(thin.values).toContain(50)
    expect(thin.values.some(Number.isNaN)).toBe(true)
  })

  it('refuses room for fewer than three points', () => {
    expect(() => decimate({ steps: [0], values: [0] }, 2)).toThrow('at least 3 points, got 2')
  })
})

/**
 * For each bucket the area of the triangle that the kept point spans, and the largest that one of the
 * bucket's points does, written from the definition. NaN where the point kept is not of its bucket.
 */
function areasByDefinition(
  { steps, values }: Curve,
  kept: readonly number[],
): { area: number; largest: number }[] {
  const points = steps.map((x, i) => ({ x, y: values[i] }))
  const inner = points.slice(1, -1)
  const count = kept.length - 2
  const buckets = Array.from({ length: count }, (_, b) =>
    inner.slice(
      Math.floor((b * inner.length) / count),
      Math.floor(((b + 1) * inner.length) / count),
    ),
  )
  buckets.push(points.slice(-1))
  return buckets.slice(0, count).map((bucket, b) => {
    const a = points[steps.indexOf(kept[b])]
    const next = buckets[b + 1]
    const c = {
      x: next.reduce((sum, p) => sum + p.x, 0) / next.length,
      y: next.reduce((sum, p) => sum + p.y, 0) / next.length,
    }
    const areas = bucket.map(
      (p) => Math.abs(a.x * (p.y - c.y) + p.x * (c.y - a.y) + c.x * (a.y - p.y)) / 2,
    )
    const own = bucket.findIndex((p) => p.x === kept[b + 1])
    return { area: own < 0 ? NaN : areas[own], largest: Math.max(...areas) }
  })
}

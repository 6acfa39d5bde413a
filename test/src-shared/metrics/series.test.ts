import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { averaged, firstAtLeast, follow, thinned, type Series } from '#shared/metrics/series.ts'
import { smooth } from '#shared/metrics/curves.ts'

// Without negative zero: it equals zero, so either may be the lowest value of a column.
const value = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((y) => y + 0)
const anySeries = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 20 }), value), { minLength: 1, maxLength: 400 })
  .map((pieces): Series => {
    let at = 0
    return {
      x: Float64Array.from(pieces, ([gap]) => (at += gap)),
      y: Float64Array.from(pieces, ([, y]) => y),
    }
  })

/** The lowest and highest value in every column of `width` along x. */
function columnsOf({ x, y }: Series, width: number, columns: number): [number, number][] {
  const ranges = Array.from({ length: columns }, (): [number, number] => [Infinity, -Infinity])
  x.forEach((at, i) => {
    const range = ranges[Math.min(columns - 1, Math.floor(at / width))]
    range[0] = Math.min(range[0], y[i])
    range[1] = Math.max(range[1], y[i])
  })
  return ranges
}

describe('a thinned series', () => {
  it('shows in every column the same lowest and highest value as the whole one', () => {
    const shape = fc.record({
      columns: fc.integer({ min: 1, max: 12 }),
      width: fc.integer({ min: 1, max: 30 }),
    })
    fc.assert(
      fc.property(shape, fc.array(value, { minLength: 361, maxLength: 361 }), (of, values) => {
        const { columns, width } = of
        // Whole borders: a point lies in one column and not, by rounding, in another.
        const x = Float64Array.from({ length: columns * width + 1 }, (_, i) => i)
        const series = { x, y: Float64Array.from(values.slice(0, x.length)) }
        const drawn = thinned(series, -Infinity, Infinity, columns)
        expect(drawn.x.length).toBeLessThanOrEqual(4 * columns + 2)
        expect(columnsOf(drawn, width, columns)).toEqual(columnsOf(series, width, columns))
      }),
    )
  })

  it('keeps points of the series alone, in order, the ends among them', () => {
    fc.assert(
      fc.property(anySeries, fc.integer({ min: 1, max: 9 }), (series, buckets) => {
        const drawn = thinned(series, -Infinity, Infinity, buckets)
        const known = new Map([...series.x].map((x, i) => [x, series.y[i]]))
        drawn.x.forEach((x, i) => expect(known.get(x)).toBe(drawn.y[i]))
        expect([...drawn.x]).toEqual([...new Set(drawn.x)].sort((a, b) => a - b))
        expect([drawn.x[0], drawn.x.at(-1)]).toEqual([series.x[0], series.x.at(-1)])
      }),
    )
  })

  it('gives a window with one more point on either side', () => {
    const x = Float64Array.from({ length: 100 }, (_, i) => i)
    const drawn = thinned({ x, y: x }, 20, 30, 50)
    expect([...drawn.x]).toEqual(Array.from({ length: 12 }, (_, i) => 19 + i))
  })

  it('finds places as a linear search does', () => {
    fc.assert(
      fc.property(anySeries, fc.integer({ min: -5, max: 9000 }), ({ x }, at) => {
        const found = x.findIndex((value) => value >= at)
        expect(firstAtLeast(x, at)).toBe(found < 0 ? x.length : found)
      }),
    )
  })
})

describe('an exponential average', () => {
  it('is that of the drawing code, and goes on from its state', () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 50 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (values, weight) => {
          const { values: whole } = averaged(Float64Array.from(values), weight)
          smooth(values, weight).forEach((expected, i) => expect(whole[i]).toBeCloseTo(expected, 6))
          const { state } = averaged(Float64Array.from(values.slice(0, -1)), weight)
          expect(follow(state, values.at(-1)!, weight)).toBe(whole.at(-1))
        },
      ),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Rng } from '#shared/random/rng.ts'
import {
  drawIntervals,
  drawStarts,
  INTERVAL_LAWS,
  intervalAt,
  intervalCdf,
  intervalDensity,
} from '#shared/views/interval.ts'
import golden from '../../fixtures/views/interval.json' with { type: 'json' }

const laws = fc.constantFrom(...INTERVAL_LAWS)
const joint = fc.constantFrom(...INTERVAL_LAWS.filter((law) => law !== 'independent'))
const powers = fc.double({ min: 0.1, max: 10, noNaN: true })
const sizes = fc.integer({ min: 1, max: 400 })

describe('the decreasing law', () => {
  it('has the cumulative distribution of the published code', () => {
    const { M, power, at, cdf } = golden.cdf
    at.forEach((k, i) => {
      expect(intervalCdf('decreasing', k, M, power)).toBeCloseTo(cdf[i], 12)
    })
  })

  it.each(golden.bisection)(
    'gives the intervals of that code by bisection (M $M, power $power)',
    ({ M, power, u, interval }) => {
      expect(u.map((quantile) => intervalAt('decreasing', quantile, M, power))).toEqual(interval)
    },
  )

  it('with power 1 is that of the distance between two independent starts', () => {
    for (const x of [0, 0.1, 0.5, 0.9, 1]) {
      const [a, b] = (['decreasing', 'independent'] as const).map((law) => [
        intervalCdf(law, x, 1, 1),
        intervalDensity(law, x, 1),
      ])
      a.forEach((value, i) => expect(value).toBeCloseTo(b[i], 12))
    }
  })
})

describe('every law', () => {
  it('rises from 0 to 1', () => {
    fc.assert(
      fc.property(laws, powers, sizes, (law, power, M) => {
        const values = Array.from({ length: 21 }, (_, i) =>
          intervalCdf(law, (i * M) / 20, M, power),
        )
        expect(values[0]).toBe(0)
        expect(values[20]).toBeCloseTo(1, 10)
        values
          .slice(1)
          .forEach((value, i) => expect(value).toBeGreaterThanOrEqual(values[i] - 1e-12))
      }),
    )
  })

  it('has the derivative of its cumulative distribution as density', () => {
    const step = 1e-6
    fc.assert(
      fc.property(
        laws,
        powers,
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (law, power, x) => {
          // The two laws of a quarter jump at its edge.
          fc.pre(Math.abs(x - 0.25) > step && Math.abs(x - 0.75) > step)
          const rise = intervalCdf(law, x + step, 1, power) - intervalCdf(law, x - step, 1, power)
          expect(intervalDensity(law, x, power)).toBeCloseTo(rise / (2 * step), 3)
        },
      ),
    )
  })

  it('bisects to the largest whole interval that is not likelier than the quantile', () => {
    const quantiles = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(laws, powers, sizes, quantiles, (law, power, M, u) => {
        const k = intervalAt(law, u, M, power)
        expect(Number.isInteger(k) && k >= 0 && k < M).toBe(true)
        expect(intervalCdf(law, k, M, power)).toBeLessThanOrEqual(u)
        if (k + 1 < M) expect(intervalCdf(law, k + 1, M, power)).toBeGreaterThan(u)
      }),
    )
  })

  it.each(INTERVAL_LAWS)('%s is followed by the intervals that are drawn', (law) => {
    const [count, M, power] = [4000, 200, 2]
    const drawn = drawIntervals(new Rng(3), law, { count, M, power }).toSorted((a, b) => a - b)
    // Kolmogorov and Smirnov: 1.95 / sqrt(n) is exceeded once in a thousand times; 1 / M for rounding.
    const gaps = drawn.map((k, i) => Math.abs(intervalCdf(law, k, M, power) - i / count))
    expect(Math.max(...gaps)).toBeLessThan(1.95 / Math.sqrt(count) + 4 / M)
  })
})

describe('drawStarts', () => {
  it('keeps all starts inside the video, the further ones between the first two', () => {
    const clips = fc.integer({ min: 2, max: 4 })
    fc.assert(
      fc.property(joint, powers, sizes, clips, fc.integer(), (law, power, M, n, seed) => {
        const starts = drawStarts(new Rng(seed), law, { clips: n, M, power })
        expect(starts).toHaveLength(n)
        expect(starts.every((start) => Number.isInteger(start) && start >= 0 && start < M)).toBe(
          true,
        )
        const interval = intervalAt(law, new Rng(seed).uniform(), M, power)
        expect(Math.max(...starts) - Math.min(...starts)).toBe(interval)
      }),
    )
  })

  it('puts each clip first equally often', () => {
    const rng = new Rng(8)
    const firsts = [0, 0, 0]
    for (let i = 0; i < 3000; i++) {
      const starts = drawStarts(rng, 'far', { clips: 3, M: 100, power: 1 })
      firsts[starts.indexOf(Math.min(...starts))]++
    }
    for (const count of firsts) expect(Math.abs(count - 1000)).toBeLessThan(120)
  })

  it('has one start where the video has one', () => {
    expect(drawStarts(new Rng(1), 'far', { clips: 3, M: 1, power: 1 })).toEqual([0, 0, 0])
  })
})

import { describe, expect, it } from 'vitest'
import {
  groupedInterval,
  meanInterval,
  newcombe,
  pairedInterval,
  spreadOf,
  wilson,
} from '#shared/metrics/spread.ts'

describe('the spread of values', () => {
  it('is mean and sample deviation', () => {
    expect(spreadOf([2, 4, 4, 4, 5, 5, 7, 9])?.mean).toBe(5)
    expect(spreadOf([2, 4, 4, 4, 5, 5, 7, 9])?.deviation).toBeCloseTo(2.13809, 5)
    expect(spreadOf([3])).toEqual({ mean: 3, deviation: null, count: 1 })
    expect(spreadOf([])).toBeNull()
  })
})

describe('wilson', () => {
  it('agrees with published intervals', () => {
    // Newcombe (1998), table I, method 3: 81/263, 15/148, 0/20, 1/29.
    const cases = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const
    for (const [hits, count, low, high] of cases) {
      const [from, to] = wilson(hits / count, count)
      expect(from).toBeCloseTo(low, 4)
      expect(to).toBeCloseTo(high, 4)
    }
  })
})

describe("Newcombe's interval of a difference", () => {
  it('is made of the two Wilson intervals, here by SciPy', () => {
    const cases = [
      [69, 24, 96, 0.3329030672, 0.579126452],
      [56, 48, 70, -0.0307786831, 0.2534775936],
      [0, 5, 20, -0.4687008776, -0.0377654456],
    ] as const
    for (const [a, b, count, low, high] of cases) {
      const [from, to] = newcombe(a / count, b / count, count)
      expect(from).toBeCloseTo(low, 6)
      expect(to).toBeCloseTo(high, 6)
    }
  })
})

describe('the interval of a paired difference', () => {
  it('is the adjusted Wald interval, by hand', () => {
    // 30 and 6 of 96: (31 - 7) / 98 -/+ 1.959964 sqrt((38 / 98 - (24 / 98)^2) / 98).
    const [low, high] = pairedInterval(30, 6, 96)
    expect(low).toBeCloseTo(0.131547, 5)
    expect(high).toBeCloseTo(0.358249, 5)
  })

  it('lies around no difference where neither is better, and is wide for few trials', () => {
    const [low, high] = pairedInterval(3, 3, 50)
    expect(low).toBeCloseTo(-high, 12)
    expect(pairedInterval(1, 0, 1)[1]).toBe(1)
    expect(pairedInterval(0, 0, 0)).toEqual([-1, 1])
  })
})

describe('the interval of a mean', () => {
  it("is Student's, with the quantiles of tables", () => {
    const quantiles = [
      [2, 12.7062],
      [3, 4.3027],
      [4, 3.1824],
      [6, 2.5706],
      [11, 2.2281],
      [96, 1.9853],
    ] as const
    for (const [count, quantile] of quantiles) {
      const [low, high] = meanInterval({ mean: 0.5, deviation: 0.01, count })!
      const half = (0.01 * quantile) / Math.sqrt(count)
      expect((high - low) / 2 / half).toBeCloseTo(1, 2)
    }
  })

  it('stays in range, and is none for a single value', () => {
    expect(meanInterval({ mean: 0.99, deviation: 0.2, count: 4 })![1]).toBe(1)
    expect(meanInterval({ mean: 0.5, deviation: null, count: 1 })).toBeNull()
  })
})

describe('the interval of a mean over groups', () => {
  it('is that of the ratio of sums, here by NumPy', () => {
    const groups = [[0.9, 0.8], [0.5], [0.7, 0.6, 0.65], [0.2, 0.4]]
    const [low, high] = groupedInterval(groups)!
    expect(low).toBeCloseTo(0.22481775, 5)
    expect(high).toBeCloseTo(0.96268225, 5)
  })

  it('is that of the means where groups have one size, and none for one group', () => {
    const groups = [
      [0.3, 0.5],
      [0.6, 0.6],
      [0.5, 0.9],
    ]
    const expected = meanInterval(spreadOf([0.4, 0.6, 0.7])!)!
    groupedInterval(groups)!.forEach((bound, i) => expect(bound).toBeCloseTo(expected[i], 9))
    expect(groupedInterval([[0.3, 0.5]])).toBeNull()
  })
})

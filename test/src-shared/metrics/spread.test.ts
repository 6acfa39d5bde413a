import { describe, expect, it } from 'vitest'
import { newcombe, spreadOf, wilson } from '#shared/metrics/spread.ts'

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

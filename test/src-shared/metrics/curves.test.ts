import { describe, expect, it } from 'vitest'
import { smooth } from '#shared/metrics/curves.ts'

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

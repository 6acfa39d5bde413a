import { describe, expect, it } from 'vitest'
import { mcnemar, sidesOf } from '#shared/metrics/mcnemar.ts'
import forms from '../../fixtures/metrics/evaluation-forms.json' with { type: 'json' }

describe("McNemar's test", () => {
  it.each(forms.mcnemar)('of $first and $second is the binomial test of SciPy', (known) => {
    const { first, second, p } = known
    for (const found of [mcnemar(known), mcnemar({ first: second, second: first })]) {
      expect(Math.abs(found / p - 1)).toBeLessThan(1e-8)
    }
    expect(first === second).toBe(p === 1)
  })

  it('ends in 0 and not in NaN where one is right far more often', () => {
    expect(mcnemar({ first: 0, second: 5000 })).toBe(0)
  })

  it('counts the videos that one side has right more often', () => {
    expect(sidesOf([1, 0, -1, -2, 3])).toEqual({ first: 2, second: 2 })
    expect(sidesOf([])).toEqual({ first: 0, second: 0 })
  })
})

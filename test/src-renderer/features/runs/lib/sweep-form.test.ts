import { describe, expect, it } from 'vitest'
import { presetConfig } from '../../../../../src-renderer/src/features/runs/lib/form-model.ts'
import {
  checkSweep,
  noSweep,
  sweepOf,
} from '../../../../../src-renderer/src/features/runs/lib/sweep-form.ts'

const values = presetConfig('small-fame')

describe('the sweep of a form', () => {
  it('reads values as the table has them', () => {
    const axes = [
      { name: 'beta', text: ' 0.3, 0.5 ,' },
      { name: 'fame', text: 'none, query' },
    ]
    expect(sweepOf({ axes, repeats: 2 }, 7)).toEqual({
      grid: { beta: [0.3, 0.5], fame: ['none', 'query'] },
      seeds: [7, 8],
    })
    expect(checkSweep({ axes, repeats: 2 }, values)).toEqual({ runs: 8, problem: null })
  })

  it('is none without settings and repeats', () => {
    expect(sweepOf(noSweep, 1)).toBeNull()
    expect(checkSweep(noSweep, values)).toEqual({ runs: 1, problem: null })
  })

  it.each([
    ['beta', 'much', 'beta is NaN'],
    ['beta', '', 'beta has no values to try'],
    ['variant', 'fame, blob', 'choose fame, seed, gauss, grid, motion'],
  ])('says what is wrong with %s: %j', (name, text, fault) => {
    expect(checkSweep({ axes: [{ name, text }], repeats: 1 }, values).problem).toContain(fault)
  })
})

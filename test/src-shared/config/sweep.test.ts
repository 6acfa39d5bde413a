import { describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { sweepRuns } from '#shared/config/sweep.ts'

describe('a sweep', () => {
  it('tries every combination, each with every seed', () => {
    const runs = sweepRuns(
      {},
      { grid: { beta: [0.3, 0.5], merge: ['query', 'both'] }, seeds: [1, 2] },
    )
    expect(runs).toHaveLength(8)
    expect(runs[0]).toEqual({
      label: 'beta 0.3, merge query, seed 1',
      values: { beta: 0.3, merge: 'query', seed: 1 },
    })
    expect(runs.at(-1)?.values).toEqual({ beta: 0.5, merge: 'both', seed: 2 })
    expect(new Set(runs.map(({ label }) => label)).size).toBe(8)
  })

  it('tries methods, each with the settings that it has', () => {
    const base = completeConfig({ queue: 4096 })
    const runs = sweepRuns(base, { grid: { method: ['moco', 'simclr'] } })
    expect(runs.map(({ values }) => values)).toEqual([{ method: 'moco' }, { method: 'simclr' }])
    expect(() => sweepRuns(base, { grid: { method: ['none-such'] } })).toThrow(
      "no method 'none-such'",
    )
  })

  it.each([
    [{ grid: { bta: [1] } }, "There is no setting 'bta'"],
    [{ grid: { beta: [0.3, 3] } }, 'beta is 3: expected a number from 0.01 to 0.99'],
    [{ grid: { beta: [] } }, 'beta has no values to try'],
    [{ grid: { beta: [0.3, 0.3] } }, 'beta lists 0.3 twice'],
    [{ grid: { batch: [64, 7] } }, 'make queue a multiple of batch'],
    [{ grid: {}, seeds: Array.from({ length: 201 }, (_, i) => i) }, '201 runs is more than 200'],
  ])('%j is refused', (sweep, fault) => {
    expect(() => sweepRuns({}, sweep)).toThrow(fault)
  })
})

import { expect, it } from 'vitest'
import { FLOW_ALGORITHMS } from '#shared/flow/names.ts'
import { benchFlow } from '#main/bench/flow.ts'

it('times every algorithm, and says on what machine and under what load', () => {
  const bench = benchFlow({ size: 48, seconds: 0.01 })
  expect(bench.rows.map(({ algorithm }) => algorithm)).toEqual(FLOW_ALGORITHMS)
  for (const { pairs, milliseconds, pairsPerSecond } of bench.rows) {
    expect(pairs).toBeGreaterThan(0)
    expect(pairsPerSecond).toBeCloseTo(1000 / milliseconds)
  }
  expect(bench).toMatchObject({ size: 48, node: process.versions.node })
  expect(bench.load).toHaveLength(2)
})

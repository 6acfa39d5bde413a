import { expect, it } from 'vitest'
import { benchCurves } from '#main/bench/curves.ts'

it('times a run of as many points as asked for', async () => {
  const bench = await benchCurves(4000)
  expect(bench).toMatchObject({ points: 4000, curves: 8 })
  expect(bench.requestP95).toBeGreaterThanOrEqual(bench.requestMilliseconds)
  expect(bench.firstMilliseconds).toBeGreaterThan(0)
})

import { expect, it } from 'vitest'
import { benchEdits } from '#main/bench/mask-edits.ts'

it('benchEdits reports each edit as JSON', () => {
  const bench = benchEdits(2)
  expect(bench).toMatchObject({ height: 720, width: 1280 })
  expect(bench.rows.map(({ edit }) => edit)).toContain('flood fill by colour')
  for (const { milliseconds, p95 } of bench.rows) {
    expect(milliseconds).toBeGreaterThan(0)
    expect(p95).toBeGreaterThanOrEqual(milliseconds)
  }
  expect(JSON.parse(JSON.stringify(bench))).toEqual(bench)
})

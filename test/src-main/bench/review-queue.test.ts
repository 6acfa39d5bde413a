import { expect, it } from 'vitest'
import { benchQueue } from '#main/bench/review-queue.ts'

it('benchQueue reports pages of each order and strokes as JSON', async () => {
  const bench = await benchQueue(300)
  expect(bench.videos).toBe(300)
  const names = bench.rows.map(({ what }) => what)
  expect(names).toHaveLength(26)
  expect(names).toContain('page by stability, at the end')
  expect(names).toContain('stroke, on disk')
  for (const { milliseconds, slowest } of bench.rows) {
    expect(milliseconds).toBeGreaterThan(0)
    expect(slowest).toBeGreaterThanOrEqual(milliseconds)
  }
  expect(JSON.parse(JSON.stringify(bench))).toEqual(bench)
})

import { expect, it } from 'vitest'
import { benchMask } from '#main/bench/video/mask-pictures.ts'

it('benchMask reports each shape as JSON', () => {
  const bench = benchMask()
  expect(bench.rows.map(({ frames, size }) => [frames, size])).toEqual([
    [8, 48],
    [16, 112],
    [16, 224],
  ])
  for (const row of bench.rows) {
    expect(row.millisecondsPerClip).toBeGreaterThan(0)
    expect(row.millisecondsCompensated).toBeGreaterThan(0)
    expect(row.clipsPerSecond).toBeCloseTo(1000 / row.millisecondsPerClip, 6)
  }
  expect(JSON.parse(JSON.stringify(bench))).toEqual(bench)
})

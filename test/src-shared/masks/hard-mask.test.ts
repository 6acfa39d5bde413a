import { expect, it } from 'vitest'
import { hardMask } from '#shared/masks/hard-mask.ts'

it('cuts a soft mask above one half', () => {
  const soft = Float32Array.of(0, 0.25, 0.5, 0.50001, 1, NaN)
  expect([...hardMask(soft)]).toEqual([0, 0, 0, 1, 1, 0])
})

it('takes no longer for a large mask than a pass over it', () => {
  const soft = new Float32Array(1920 * 1080).map((_, i) => (i % 7) / 6)
  const time = (work: () => unknown): number => {
    const from = performance.now()
    work()
    return performance.now() - from
  }
  const least = (work: () => unknown): number =>
    Math.min(...Array.from({ length: 3 }, () => time(work)))
  const iterated = time(() => Uint8Array.from(soft, (value) => Number(value > 0.5)))
  expect(least(() => hardMask(soft))).toBeLessThan(iterated / 3)
})

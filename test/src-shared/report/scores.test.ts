import { expect, it } from 'vitest'
import { aimOf, scoreInterval } from '#shared/report/scores.ts'

it('gives an interval to shares of the test videos alone', () => {
  // Wilson's interval of 48 of 96, by hand.
  const [low, high] = scoreInterval('top1', 0.5, 96)!
  expect(low).toBeCloseTo(0.401924, 6)
  expect(high).toBeCloseTo(0.598076, 6)
  const without = ['clipTop1', 'gap', 'inside', 'area', 'change', 'purity']
  expect(without.map((name) => scoreInterval(name, 0.5, 96))).toEqual(without.map(() => null))
  expect(scoreInterval('change', 0.5, 0)).toBeNull()
})

it('knows of which scores less is better', () => {
  expect(['top1', 'pull', 'gap', 'backgroundOnly'].map(aimOf)).toEqual([1, -1, -1, 0])
})

import { expect, it } from 'vitest'
import { aimOf, drawSpread, printDraws, scoreInterval } from '#shared/report/scores.ts'

it('gives shares of the test videos an interval, and other scores the one that was found', () => {
  const uncounted = ['clipTop1', 'gap', 'inside', 'area', 'change', 'purity']
  const scores = Object.fromEntries(['top1', ...uncounted].map((name) => [name, 0.5]))
  const result = { scores, testVideos: 96 }
  // Wilson's interval of 48 of 96, by hand.
  const [low, high] = scoreInterval('top1', result)!
  expect(low).toBeCloseTo(0.401924, 6)
  expect(high).toBeCloseTo(0.598076, 6)
  expect(uncounted.map((name) => scoreInterval(name, result))).toEqual(uncounted.map(() => null))
  expect(scoreInterval('top1', { scores, testVideos: 0 })).toBeNull()
  const intervals = { gap: [0.25, 0.75] as [number, number] }
  expect(scoreInterval('gap', { ...result, intervals })).toEqual([0.25, 0.75])
  expect(scoreInterval('inside', { ...result, intervals })).toBeNull()
})

it('gives a score of several draws of labels an interval over them', () => {
  const draws = { top1: [0.5, 0.6, 0.7], top5: [0.9] }
  const spread = drawSpread('top1', { draws })!
  // Student's t by SciPy: 0.6 ± 4.302653 * 0.1 / √3.
  expect(spread.interval[0]).toBeCloseTo(0.351586, 5)
  expect(spread.interval[1]).toBeCloseTo(0.848414, 5)
  expect(printDraws(spread)).toBe('over 3 draws of labels 35.2 to 84.8')
  expect(drawSpread('top5', { draws })).toBeNull()
  expect(drawSpread('top1', {})).toBeNull()
})

it('knows of which scores less is better', () => {
  expect(['top1', 'pull', 'gap', 'backgroundOnly'].map(aimOf)).toEqual([1, -1, -1, 0])
})

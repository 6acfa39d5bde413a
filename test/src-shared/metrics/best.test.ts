import { expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { bestCountsFrom, firstScoredStep, isBetter } from '#shared/metrics/best.ts'

it.each([
  { queue: 2048, batch: 64, accumulate: 1 },
  { queue: 2048, batch: 16, accumulate: 4 },
  { queue: 192, batch: 32, accumulate: 1 },
  { queue: 8, batch: 4, accumulate: 3 },
  { queue: 65_536, batch: 8, accumulate: 8 },
])('tells the first step without a random key in the queue: %j', (config) => {
  const { queue, batch, accumulate } = config
  // Both clips of each video are enqueued, batch after batch; the loss of a step is measured before.
  let own = 0
  let step = 1
  while (own < queue) {
    own += 2 * batch * accumulate
    step++
  }
  expect(firstScoredStep(completeConfig(config))).toBe(step)
})

it('counts the best of what is measured against the queue from there, of all else from the start', () => {
  expect(['loss', 'accuracy', 'top5'].map((name) => bestCountsFrom(name, 17))).toEqual([17, 17, 17])
  expect(['spread', 'knn', 'something'].map((name) => bestCountsFrom(name, 17))).toEqual([0, 0, 0])
})

it('knows which of two values is better', () => {
  expect(isBetter('loss', 1, 2)).toBe(true)
  expect(isBetter('loss', 2, 2)).toBe(false)
  expect(isBetter('top5', 2, 1)).toBe(true)
  expect(isBetter('loss', NaN, 2)).toBe(false)
  expect(isBetter('loss', 3, null)).toBe(true)
  expect(isBetter('lr', 3, null)).toBe(false)
})

import { expect, it } from 'vitest'
import {
  emptyFeed,
  reduceFeed,
} from '../../../../../src-renderer/src/features/runs/lib/run-feed.ts'

it('tells each warning once', () => {
  const warning = { type: 'warning', message: 'A video was left out.' } as const
  const once = reduceFeed(emptyFeed, warning)
  expect(reduceFeed(once, warning)).toBe(once)
  expect(once.warnings).toEqual(['A video was left out.'])
})

it('says that points have come', () => {
  const points = [{ step: 1, name: 'loss', value: 1 }]
  const { measured } = reduceFeed(emptyFeed, { type: 'metrics', points })
  expect(measured).toBeGreaterThan(emptyFeed.measured)
})

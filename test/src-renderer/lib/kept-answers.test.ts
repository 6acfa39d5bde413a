import { expect, it } from 'vitest'
import { KeptAnswers } from '../../../src-renderer/src/lib/kept-answers.ts'

it('keeps the newest answers, and forgets first what was used longest ago', () => {
  const kept = new KeptAnswers<number>(2)
  kept.keep('a', 1)
  kept.keep('b', 2)
  expect(kept.of('a')).toBe(1)
  kept.keep('c', 3)
  expect(['a', 'b', 'c'].map((request) => kept.of(request))).toEqual([1, undefined, 3])
  kept.keep('a', 4)
  expect(kept.of('a')).toBe(4)
})

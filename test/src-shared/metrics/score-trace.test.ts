import { expect, it } from 'vitest'
import { addToTrace, type Trace } from '#shared/metrics/score-trace.ts'

const point = (done: number, top1: number) => ({
  done,
  total: 100,
  scores: { top1 },
  intervals: { top1: [top1 - 0.1, top1 + 0.1] as [number, number] },
  confusion: [],
})

it('keeps running scores in order, and starts again with fewer videos', () => {
  let trace: Trace = []
  for (const done of [10, 20, 30]) trace = addToTrace(trace, point(done, 0.5))
  expect(trace.map(({ done }) => done)).toEqual([10, 20, 30])
  expect(addToTrace(trace, point(20, 0.4)).map(({ done }) => done)).toEqual([10, 20])
  expect(addToTrace(trace, point(30, 0.7)).at(-1)?.scores).toEqual({ top1: 0.7 })
})

it('thins out what is more than a line shows, and keeps the newest', () => {
  let trace: Trace = []
  for (let done = 1; done < 2000; done++) trace = addToTrace(trace, point(done, 0.5))
  expect(trace.length).toBeLessThanOrEqual(400)
  expect(trace.at(-1)?.done).toBe(1999)
})

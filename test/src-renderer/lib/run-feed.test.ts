import { describe, expect, it } from 'vitest'
import { emptyFeed, MetricCurves, reduceFeed } from '../../../src-renderer/src/lib/run-feed.ts'

const loss = (step: number, value: number) => ({ step, name: 'loss', value })

describe('MetricCurves', () => {
  it('sorts points into curves by name', () => {
    const metrics = new MetricCurves()
    metrics.append([loss(1, 5), { step: 1, name: 'accuracy', value: 0.1 }])
    metrics.append([loss(2, 4)])
    expect(metrics.snapshot()).toEqual({
      loss: { steps: [1, 2], values: [5, 4] },
      accuracy: { steps: [1], values: [0.1] },
    })
  })

  it('replaces steps that a resumed run does again', () => {
    const metrics = new MetricCurves()
    metrics.append([loss(1, 5), loss(2, 4), loss(3, 3)])
    metrics.append([loss(2, 4.5)])
    expect(metrics.snapshot().loss).toEqual({ steps: [1, 2], values: [5, 4.5] })
  })

  it('keeps what it has until a stream that starts over sends its history', () => {
    const metrics = new MetricCurves()
    metrics.append([loss(1, 5), loss(2, 4)])
    metrics.restart()
    expect(metrics.snapshot().loss?.steps).toEqual([1, 2])
    metrics.append([loss(1, 5)])
    metrics.append([loss(2, 4), loss(3, 3)])
    expect(metrics.snapshot().loss?.steps).toEqual([1, 2, 3])
  })

  it('hands out copies that later points do not change', () => {
    const metrics = new MetricCurves()
    metrics.append([loss(1, 5)])
    const before = metrics.snapshot()
    metrics.append([loss(2, 4)])
    expect(before.loss?.steps).toEqual([1])
  })
})

it('tells each warning once', () => {
  const warning = { type: 'warning', message: 'A video was left out.' } as const
  const once = reduceFeed(emptyFeed, warning)
  expect(reduceFeed(once, warning)).toBe(once)
  expect(once.warnings).toEqual(['A video was left out.'])
})

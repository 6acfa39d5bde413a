import { describe, expect, it } from 'vitest'
import { defaultSettings } from '#shared/config/evaluation-settings.ts'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import { chanceOf, scoreLabel, scoreNames } from '#shared/report/scores.ts'
import { comparison } from '../../../src-renderer/src/lib/scores.ts'

function evaluation(id: number, runId: number | null, top1: number | null): Evaluation {
  return {
    id,
    runId,
    runName: runId === null ? 'Random' : `run ${runId}`,
    datasetId: 1,
    protocol: 'linear',
    settings: defaultSettings('linear'),
    training: {
      cropScaleMin: 0.2,
      cropScaleMax: 1,
      flip: 0.5,
      variant: 'fame',
      beta: 0.5,
      streams: ['rgb'],
    },
    group: null,
    status: top1 === null ? 'running' : 'done',
    result:
      top1 === null
        ? null
        : {
            scores: { top1, top5: 1 },
            classCount: 4,
            trainVideos: 10,
            testVideos: 96,
            seconds: 1,
          },
    createdAt: '2026-01-01T00:00:00Z',
    finishedAt: null,
    error: null,
    place: 0,
  }
}

it('orders scores from the strictest to the most lenient', () => {
  expect(scoreNames({ 'R@50': 1, 'R@1': 0, 'R@10': 0.5, 'R@5': 0.2 })).toEqual([
    'R@1',
    'R@5',
    'R@10',
    'R@50',
  ])
  expect(scoreNames({ clipTop1: 0, top5: 1, top1: 0 })).toEqual(['top1', 'top5', 'clipTop1'])
  expect(['top1', 'R@5', 'clipTop1'].map(scoreLabel)).toEqual(['Top-1', 'R@5', 'Top-1 of clips'])
})

it('knows what guessing gives', () => {
  expect(chanceOf('top1', 8)).toBe(0.125)
  expect(chanceOf('top5', 4)).toBe(1)
  expect(chanceOf('inside', 8)).toBeNull()
  // 1 - P(five misses in a row)
  expect(chanceOf('R@5', 8)).toBeCloseTo(1 - 0.875 * 0.875 * 0.875 * 0.875 * 0.875, 12)
})

describe('comparison', () => {
  const like = evaluation(9, 9, 0.5)
  const options = { like, score: 'top1' }

  it('takes the newest result of each encoder, the best first, chance last', () => {
    const all = [
      evaluation(1, 1, 0.9),
      evaluation(2, 1, 0.4),
      evaluation(3, null, 0.3),
      evaluation(4, 2, 0.6),
      evaluation(5, 3, null),
    ]
    const rows = comparison(all, options)
    expect(rows.map(({ id }) => id)).toEqual([4, 2, 3, null])
    expect(rows.at(-1)).toMatchObject({ name: 'Chance', value: 0.25 })
  })

  it('tells runs of the same name apart by their numbers', () => {
    const named = (id: number, runId: number): Evaluation => ({
      ...evaluation(id, runId, 0.5),
      runName: 'fame',
    })
    const rows = comparison([named(1, 1), named(2, 2)], { ...options, like: named(1, 1) })
    const names = rows.map(({ name }) => name).sort()
    expect(names).toEqual(['Chance', 'fame (run 1)', 'fame (run 2)'])
  })

  it('leaves other protocols, settings and data sets out', () => {
    const other: Evaluation = { ...evaluation(1, 1, 0.9), protocol: 'retrieval' }
    const elsewhere = { ...evaluation(2, 1, 0.9), datasetId: 2 }
    const otherwise = { ...like, id: 3, settings: { ...like.settings, clips: 2 } }
    const reseeded = { ...like, id: 4, settings: { ...like.settings, seed: 3 } }
    const rows = comparison([other, elsewhere, otherwise, reseeded], options)
    expect(rows.map(({ id }) => id)).toEqual([4, null])
  })
})

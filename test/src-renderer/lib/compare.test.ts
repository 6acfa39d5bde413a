import { describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Run } from '#shared/contract/runs.ts'
import {
  choiceAxis,
  differences,
  groupRuns,
  numberAxis,
  scoreColumns,
  scoresOf,
} from '../../../src-renderer/src/lib/compare.ts'

const run = (id: number, values: Record<string, unknown>) =>
  ({ id, name: `run ${id}`, config: completeConfig(values) }) as Run
const runs = [
  run(1, { beta: 0.3, seed: 1 }),
  run(2, { beta: 0.3, seed: 2 }),
  run(3, { beta: 0.5, seed: 1 }),
]

describe('runs compared', () => {
  it('differ in the settings that are not the same in all', () => {
    expect(differences(runs).map(({ name, values }) => [name, values])).toEqual([
      ['beta', [0.3, 0.3, 0.5]],
      ['seed', [1, 2, 1]],
    ])
    expect(differences(runs.slice(0, 1))).toEqual([])
  })

  it('are grouped by everything but their seed', () => {
    const groups = groupRuns(runs).map(({ label, runs: own }) => [label, own.map(({ id }) => id)])
    expect(groups).toEqual([
      ['Foreground ratio β 0.3', [1, 2]],
      ['Foreground ratio β 0.5', [3]],
    ])
  })

  it('have the newest score of each protocol', () => {
    const scored = (id: number, top1: number) =>
      ({ id, runId: 1, protocol: 'linear', result: { scores: { top1 } } }) as unknown as Evaluation
    expect([...scoresOf(1, [scored(2, 0.5), scored(1, 0.4)])]).toEqual([['linear Top-1', 0.5]])
    expect(scoresOf(2, [scored(1, 0.4)]).size).toBe(0)
  })

  it('have the scores of all of them as columns, the strictest first', () => {
    const scores = ['retrieval R@10', 'retrieval R@5', 'linear Top-1'].map(
      (name) => new Map([[name, 1]]),
    )
    expect(scoreColumns(scores)).toEqual(['linear Top-1', 'retrieval R@5', 'retrieval R@10'])
  })
})

describe('an axis of parallel coordinates', () => {
  it('places numbers between the least and the greatest', () => {
    expect(numberAxis('β', [1, null, 3, 2], String).places).toEqual([0, null, 1, 0.5])
    expect(numberAxis('β', [0.3, 0.3], String).places).toEqual([0.5, 0.5])
  })

  it('gives each choice a place of its own', () => {
    expect(choiceAxis('FAME', ['query', 'none', 'query']).places).toEqual([0, 1, 0])
  })
})

import { describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import type { Run } from '#shared/contract/runs.ts'
import {
  inQueueOrder,
  runShelves,
  runsOn,
  sortedRuns,
} from '../../../../../src-renderer/src/features/runs/lib/run-choice.ts'
import { comparesMetrics } from '../../../../../src-renderer/src/features/runs/lib/run-search.ts'

function run(id: number, change: Partial<Run> = {}): Run {
  return {
    id,
    name: `run ${id}`,
    status: 'done',
    config: completeConfig({}),
    datasetId: 1,
    step: 1,
    totalSteps: 1,
    createdAt: '2026-01-01T00:00:00Z',
    startedAt: null,
    finishedAt: null,
    device: null,
    error: null,
    corrections: null,
    maskUse: null,
    notes: '',
    tags: [],
    starred: false,
    archived: false,
    trashedAt: null,
    place: id,
    chain: [],
    sweep: null,
    madeWith: null,
    imported: null,
    ...change,
  }
}
const runs = [
  run(1, { name: 'Baseline', starred: true, notes: 'collapsed early' }),
  run(2, { config: completeConfig({ beta: 0.3 }), tags: ['ablation'] }),
  run(3, { archived: true, starred: true }),
  run(4, { trashedAt: '2026-01-02T00:00:00Z', starred: true }),
]
const ids = (found: Run[]) => found.map(({ id }) => id)

describe('runs on a shelf', () => {
  it('stand on one of everything, archive and trash, the starred ones also on their own', () => {
    expect(runShelves.map((shelf) => ids(runsOn(runs, shelf, '')))).toEqual([[1, 2], [1], [3], [4]])
  })

  it('are out of sight while they are imported', () => {
    const imported = { at: '', project: 'p', run: 1, uid: 'u', missing: null, whole: false }
    const arriving = run(5, { trashedAt: '2026-01-02T00:00:00Z', imported })
    expect(runShelves.flatMap((shelf) => runsOn([arriving], shelf, ''))).toEqual([])
  })

  it.each([
    ['baseline', [1]],
    ['EARLY collapsed', [1]],
    ['ablation', [2]],
    ['beta=0.3', [2]],
    ['beta=0.30', [2]],
    ['beta=0', []],
    ['merge=que', [1, 2]],
    ['#2', [2]],
    ['#22', []],
    ['ablation baseline', []],
  ])('are found by %j', (search, expected) => {
    expect(ids(runsOn(runs, 'all', search))).toEqual(expected)
  })
})

describe('runs by what they measured', () => {
  const at = (value: number) => ({ x: 9, value })
  const values = new Map([
    [1, { loss: at(4.2), accuracy: at(0.5) }],
    [2, { loss: at(6), accuracy: at(0.3) }],
  ])

  it.each([
    ['loss<5', [1]],
    ['loss>5', [2]],
    ['loss<=6', [1, 2]],
    ['LOSS>=4.2 accuracy<40%', [2]],
    ['top-1>0.4', [1]],
    ['loss<', [1, 2]],
    ['spread>0', []],
    ['beta<0.4', [2]],
    ['beta!=0.3 loss<5', [1]],
    ['baseline loss<5', [1]],
    ['ablation loss<5', []],
    ['step>=1', [1, 2]],
    ['nothing<5', []],
  ])('are found by %j', (search, expected) => {
    expect(ids(runsOn(runs, 'all', search, values))).toEqual(expected)
  })

  it('are asked for only where a search compares them', () => {
    const searches = ['loss<5', 'x accu>0.4', 'beta<5', 'words', '#3', 'lr=0.1', 'nothing<1']
    expect(searches.map(comparesMetrics)).toEqual([true, true, false, false, false, false, false])
  })

  it('are sorted by them, those without a value last', () => {
    const [a, b] = runs
    const all = [run(9), a, b]
    expect(ids(sortedRuns(all, { by: 'loss', down: false }, values))).toEqual([1, 2, 9])
    expect(ids(sortedRuns(all, { by: 'loss', down: true }, values))).toEqual([2, 1, 9])
    expect(ids(sortedRuns(all, { by: 'newest', down: true }, values))).toEqual([9, 2, 1])
    const named = [run(1, { name: 'run 10' }), run(2, { name: 'Run 9' })]
    expect(ids(sortedRuns(named, { by: 'name', down: false }, values))).toEqual([2, 1])
  })
})

describe('runs in the order of the queue', () => {
  it('stand as they will have the trainer, the one under way first, the others as they were', () => {
    const waiting = [run(5, { status: 'queued', place: 1 }), run(4, { status: 'paused', place: 2 })]
    const all = [run(6), ...waiting.toReversed(), run(3, { status: 'running' }), run(2)]
    expect(ids(inQueueOrder(all, waiting))).toEqual([3, 5, 4, 6, 2])
  })
})

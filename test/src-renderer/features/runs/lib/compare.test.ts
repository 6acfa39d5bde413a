import { describe, expect, it } from 'vitest'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Run } from '#shared/contract/runs.ts'
import { formatTable } from '#shared/report/table.ts'
import {
  choiceAxis,
  differences,
  groupRuns,
  numberAxis,
  runScores,
} from '../../../../../src-renderer/src/features/runs/lib/compare.ts'
import {
  compareColumns,
  compareText,
  sortedRows,
} from '../../../../../src-renderer/src/features/runs/lib/compare-columns.ts'

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

  it('say nothing of how imported weights were trained', () => {
    const imported = { ...run(4, { beta: 0.9, frames: 8 }), totalSteps: 0 }
    const found = differences([runs[0], imported]).map(({ name, values }) => [name, values[1]])
    expect(found).toContainEqual(['beta', null])
    expect(found).toContainEqual(['method', null])
    expect(found).toContainEqual(['frames', 8])
    const facts = { different: [], scores: runScores([], [], []), last: new Map(), best: new Map() }
    const steps = compareColumns({ runs: [imported], ...facts }).find(({ key }) => key === 'steps')
    expect(steps?.cells).toEqual([{ shown: '—', value: null, copied: '' }])
  })

  it('leave out settings that change no result', () => {
    expect(differences([run(1, { tensorboard: true }), run(2, { tensorboard: false })])).toEqual([])
  })

  it('have the newest score of each data set, protocol and settings', () => {
    const evaluations = [
      scored(1, { runId: 1, top1: 0.4 }),
      scored(2, { runId: 1, top1: 0.5, runName: 'renamed' }),
      scored(3, { runId: 1, top1: 0.6, clips: 2 }),
      scored(4, { runId: 2, top1: 0.7, datasetId: 2 }),
      scored(5, { runId: 9, top1: 1 }),
    ]
    const { columns, of } = runScores(runs, evaluations, datasets)
    expect(columns.map(({ label, isMain }) => [label, isMain])).toEqual([
      ['UCF101, Linear probe Top-1', true],
      ['UCF101, Linear probe Top-5', false],
      ['UCF101, Linear probe (Clips per video 2) Top-1', true],
      ['UCF101, Linear probe (Clips per video 2) Top-5', false],
      ['HMDB51, Linear probe Top-1', true],
      ['HMDB51, Linear probe Top-5', false],
    ])
    const values = (id: number) => columns.map(({ key }) => of.get(id)?.get(key))
    expect(values(1)).toEqual([0.5, 0.9, 0.6, 0.9, undefined, undefined])
    expect(values(2)).toEqual([undefined, undefined, undefined, undefined, 0.7, 0.9])
    expect(values(3).every((value) => value === undefined)).toBe(true)
  })

  it('show the deviation of several draws of labels, and their interval on demand', () => {
    const one = scored(1, { runId: 1, top1: 0.6 })
    const result = { ...one.result!, draws: { top1: [0.5, 0.6, 0.7] } }
    const scores = runScores(runs, [{ ...one, result }], datasets.slice(0, 1))
    const facts = { runs: runs.slice(0, 1), different: [], last: new Map(), best: new Map() }
    const column = compareColumns({ ...facts, scores }).find(({ label }) => label.endsWith('Top-1'))
    expect(column!.cells[0]).toMatchObject({
      shown: '60.0 ± 10.0 %',
      hint: '95 % interval over 3 draws of labels 35.2 to 84.8 %',
    })
  })

  it('are copied as they are shown: sorted, with the columns that were chosen', () => {
    const scores = runScores(
      runs,
      [scored(1, { runId: 1, top1: 0.4 }), scored(2, { runId: 2, top1: 0.5 })],
      datasets.slice(0, 1),
    )
    const pair = runs.slice(0, 2).map((each) => ({ ...each, status: 'done' as const, step: 9 }))
    const last = new Map([[1, { loss: { x: 9, value: 2.25 } }]])
    const best = new Map([[1, new Map([['accuracy', { x: 4, value: 0.5 }]])]])
    const columns = compareColumns({ runs: pair, different: differences(pair), scores, last, best })
    const shown = columns.filter(({ isUsual }) => isUsual)
    expect(shown.map(({ label }) => label)).toEqual([
      ...['Status', 'Steps', 'Seed', 'Linear probe Top-1', 'Loss, last'],
    ])
    const rows = sortedRows(columns, pair, { key: shown[3].key, down: true })
    expect(formatTable(compareText(pair, shown, rows), 'csv')).toBe(
      'Run,Status,Steps,Seed,Linear probe Top-1,"Loss, last"\r\n' +
        'run 2,done,9,2,50.0,\r\n' +
        'run 1,done,9,1,40.0,2.25\r\n',
    )
    // A run without a value comes last either way; without a sort they stay as they are.
    for (const down of [true, false]) {
      expect(sortedRows(columns, pair, { key: 'last loss', down })).toEqual([0, 1])
    }
    expect(sortedRows(columns, pair, null)).toEqual([0, 1])
    expect(sortedRows(columns, pair, { key: 'gone', down: true })).toEqual([0, 1])
  })
})

const datasets = [
  { id: 1, name: 'UCF101' },
  { id: 2, name: 'HMDB51' },
]

function scored(
  id: number,
  of: { runId: number; top1: number; runName?: string; datasetId?: number; clips?: number },
): Evaluation {
  const { runId, top1, runName = `run ${runId}`, datasetId = 1, clips } = of
  const counts = { classCount: 0, trainVideos: 1, testVideos: 1, seconds: 1 }
  return {
    id,
    runId,
    runName,
    datasetId,
    protocol: 'linear',
    group: null,
    status: 'done',
    place: 0,
    settings: completeSettings('linear', clips === undefined ? {} : { clips }),
    training: { cropScaleMin: 0.2, cropScaleMax: 1, flip: 0.5, variant: 'fame', beta: 0.5 },
    result: { ...counts, scores: { top1, top5: 0.9 } },
    createdAt: '',
    finishedAt: '',
    error: null,
  }
}

describe('an axis of parallel coordinates', () => {
  it('places numbers between the least and the greatest', () => {
    expect(numberAxis('β', [1, null, 3, 2], String).places).toEqual([0, null, 1, 0.5])
    expect(numberAxis('β', [0.3, 0.3], String).places).toEqual([0.5, 0.5])
  })

  it('gives each choice a place of its own', () => {
    expect(choiceAxis('FAME', ['query', 'none', 'query']).places).toEqual([0, 1, 0])
  })
})

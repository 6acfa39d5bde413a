import { describe, expect, it } from 'vitest'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Run } from '#shared/contract/runs.ts'
import { formatTable } from '#shared/report/table.ts'
import {
  axisRows,
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
  widthOf,
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

  it('do not differ in a setting that changes nothing in them', () => {
    const differ = (values: Record<string, unknown>) =>
      differences([true, false].map((on, i) => run(i, { ...values, cameraBorder: on })))
    expect(differ({})).toEqual([])
    expect(differ({ compensateMotion: true }).map(({ name }) => name)).toEqual(['cameraBorder'])
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
    const found = differences([runs[0], runs[2], imported])
    expect(found.map(({ name, values }) => [name, values])).toEqual([
      ['frames', [16, 16, 8]],
      ['beta', [0.3, 0.5, null]],
    ])
    const facts = { different: [], scores: runScores([], [], []), last: new Map(), best: new Map() }
    const steps = compareColumns({ runs: [imported], ...facts }).find(({ key }) => key === 'steps')
    expect(steps?.cells).toEqual([{ shown: '—', value: null, copied: '' }])
  })

  it('show at first what differs, but no settings that only some methods have', () => {
    const pair = [
      { ...run(1, { method: 'moco' }), status: 'done' as const, step: 5 },
      { ...run(2, { method: 'simclr' }), status: 'done' as const, step: 9 },
    ]
    const facts = { scores: runScores([], [], []), last: new Map(), best: new Map() }
    const columns = compareColumns({ runs: pair, different: differences(pair), ...facts })
    expect(columns.map(({ label }) => label)).toContain('Queue')
    const shown = columns.filter(({ isUsual }) => isUsual).map(({ label }) => label)
    expect(shown).toEqual(['Steps', 'Method'])
  })

  it('have columns that are as wide as their longest value or word', () => {
    const cell = (shown: string) => ({ shown, value: shown, copied: shown })
    const of = (label: string, ...values: string[]) =>
      widthOf({ label, cells: values.map((value) => cell(value)) })
    expect(of('Seed', '1')).toBe(of('Seed', '2', '1'))
    expect(of('Smallest crop', '1')).toBe(of('Smallest', '1'))
    expect(of('Seed', 'r2plus1d_narrow')).toBeGreaterThan(of('Seed', '1'))
    expect(of('Seed', 'x'.repeat(500))).toBeLessThan(200)
  })

  it('have axes in rows that go on where the row above ends', () => {
    expect(axisRows([1, 2, 3], 5)).toEqual([[1, 2, 3]])
    expect(axisRows([1, 2, 3, 4, 5, 6], 4)).toEqual([
      [1, 2, 3, 4],
      [4, 5, 6],
    ])
    expect(axisRows([1, 2, 3], 2)).toEqual([
      [1, 2],
      [2, 3],
    ])
    expect(axisRows([1], 2)).toEqual([[1]])
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
      ...['Seed', 'Linear probe Top-1', 'Loss, last'],
    ])
    const rows = sortedRows(columns, pair, { key: shown[1].key, down: true })
    expect(formatTable(compareText(pair, shown, rows), 'csv')).toBe(
      'Run,Seed,Linear probe Top-1,"Loss, last"\r\n' +
        'run 2,2,50.0,\r\n' +
        'run 1,1,40.0,2.25\r\n',
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
    training: {
      cropScaleMin: 0.2,
      cropScaleMax: 1,
      flip: 0.5,
      variant: 'fame',
      beta: 0.5,
      streams: ['rgb'],
    },
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

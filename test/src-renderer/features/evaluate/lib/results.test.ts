import { describe, expect, it } from 'vitest'
import { defaultSettings } from '#shared/config/evaluation-settings.ts'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import { formatTable } from '#shared/report/table.ts'
import published from '../../../../../resources/published-results.json' with { type: 'json' }
import { benchmarkOf, publishedRows } from '#shared/report/published.ts'
import {
  contests,
  printInterval,
  printSpread,
  resultTable,
  sortRows,
} from '../../../../../src-renderer/src/lib/result-table.ts'
import { sharedNames } from '../../../../../src-renderer/src/lib/shared-names.ts'
import { resultText } from '../../../../../src-renderer/src/features/evaluate/lib/result-text.ts'
import { traceLine } from '../../../../../src-renderer/src/features/evaluate/lib/score-trace.ts'

let id = 0
function evaluation(runName: string, top1: number, more: Partial<Evaluation> = {}): Evaluation {
  id += 1
  return {
    id,
    runId: null,
    runName,
    datasetId: 1,
    protocol: 'linear',
    settings: defaultSettings(more.protocol ?? 'linear'),
    training: {
      cropScaleMin: 0.2,
      cropScaleMax: 1,
      flip: 0.5,
      variant: 'fame',
      beta: 0.5,
      streams: ['rgb'],
    },
    group: null,
    status: 'done',
    result: {
      scores: { top1, top5: 1 },
      classCount: 2,
      trainVideos: 4,
      testVideos: 4,
      seconds: 1,
    },
    createdAt: '2026-01-01T00:00:00Z',
    finishedAt: null,
    error: null,
    place: 0,
    ...more,
  }
}

describe('the table of results', () => {
  const splits = [0.5, 0.6, 0.7].map((top1, i) => {
    const settings = { ...defaultSettings('linear'), splitList: (i + 1) as 1 | 2 | 3 }
    return evaluation('fame', top1, { group: 'g', settings })
  })

  it('has a column for each protocol with its settings, and the newest result in each cell', () => {
    const few = { ...defaultSettings('linear'), clips: 2 }
    const table = resultTable([
      evaluation('fame', 0.1),
      evaluation('fame', 0.4),
      evaluation('moco', 0.3),
      evaluation('moco', 0.9, { settings: few }),
      evaluation('fame', 0.2, { result: null }),
    ])
    expect(table.columns.map(({ apart, label }) => [apart, label])).toEqual([
      ['', 'Top-1'],
      ['', 'Top-5'],
      ['Clips per video 2', 'Top-1'],
      ['Clips per video 2', 'Top-5'],
    ])
    const [first] = table.columns
    expect(table.rows.map(({ name, cells }) => [name, cells.get(first!.key)?.mean])).toEqual([
      ['fame', 0.4],
      ['moco', 0.3],
    ])
    const open = contests(table)
    // A number that stands alone, or says the same of all, is not the best of anything.
    expect(open.map(({ column }) => column)).toEqual(
      table.columns.slice(0, 2).map(({ key }) => key),
    )
    expect(open[0]?.leader.key).toBe(table.rows[0]?.key)
    expect(open[0]?.others.map(({ key }) => key)).toEqual([table.rows[1]?.key])
  })

  it('has a row for each stream of a run, in the columns of other runs', () => {
    const streams = [
      ['coclr, colours', 'rgb', 0.5],
      ['coclr, flow', 'flow', 0.6],
      ['coclr, both streams', 'both', 0.7],
    ] as const
    const table = resultTable([
      evaluation('moco', 0.4, { runId: 2 }),
      ...streams.map(([name, stream, top1]) => {
        const settings = { ...defaultSettings('linear'), stream }
        return evaluation(name, top1, { runId: 1, settings })
      }),
    ])
    const [top1] = table.columns
    expect(table.columns.map(({ label }) => label)).toEqual(['Top-1', 'Top-5'])
    expect(table.rows.map(({ name, cells }) => [name, cells.get(top1!.key)?.mean])).toEqual([
      ['moco', 0.4],
      ...streams.map(([name, , mean]) => [name, mean]),
    ])
  })

  it('lets the least lead where less is better, and nothing where neither is', () => {
    const found = (name: string, pull: number, area: number) => {
      const one = evaluation(name, 0, { protocol: 'background' })
      return { ...one, result: { ...one.result!, scores: { pull, area } } }
    }
    const table = resultTable([found('moco', 0.6, 0.3), found('fame', 0.2, 0.4)])
    const leads = new Map(contests(table).map(({ column, leader }) => [column, leader.key]))
    const nameOf = (key: string) => table.rows.find((row) => row.key === leads.get(key))?.name
    expect(table.columns.map(({ score, key }) => [score, nameOf(key)])).toEqual([
      ['pull', 'fame'],
      ['area', undefined],
    ])
  })

  it('lets no run in the trash compete, and gives every number its interval', () => {
    const table = resultTable([
      evaluation('a', 0.75, { runId: 1 }),
      evaluation('b', 0.5, { runId: 2 }),
      evaluation('c', 0.25, { runId: 3 }),
    ])
    const [first] = contests(table, (runId) => runId === 1)
    const nameOf = (key?: string) => table.rows.find((row) => row.key === key)?.name
    expect(nameOf(first?.leader.key)).toBe('b')
    expect(first?.others.map(({ key }) => nameOf(key))).toEqual(['c'])
    // Wilson's interval of 3 of 4 by SciPy.
    const { interval } = table.rows[0]!.cells.get(first!.column)!
    expect(printInterval(interval!)).toBe('30.1 to 95.4')
  })

  it('gives the mean and deviation of splits that were started together', () => {
    const { columns, rows } = resultTable(splits)
    const cell = rows[0]?.cells.get(columns[0]!.key)
    expect(cell).toMatchObject({ count: 3, id: splits[2]?.id })
    expect(printSpread(cell!)).toBe('60.0 ± 10.0')
    expect(cell?.ids).toEqual(splits.map((one) => one.id))
    expect(cell?.interval).toBeNull()
    expect(columns[0]?.apart).toBe('split lists 1 to 3')
  })

  it('gives the deviation and the interval of several draws of labels', () => {
    const one = evaluation('fame', 0.6)
    const result = { ...one.result!, draws: { top1: [0.5, 0.6, 0.7] } }
    const { columns, rows } = resultTable([{ ...one, result }])
    const cell = rows[0]!.cells.get(columns[0]!.key)!
    expect(printSpread(cell)).toBe('60.0 ± 10.0')
    expect(cell.count).toBe(1)
    expect(printInterval(cell.draws!.interval)).toBe('35.2 to 84.8')
    const facts = { pretrained: 'nothing', network: 'I3D', input: '—', epochs: '—' }
    const [text] = resultText({
      columns: [columns[0]!],
      rows: rows.map((row) => ({ ...row, facts })),
      papers: [],
      marks: new Map(),
      isTrashed: () => false,
      otherwise: () => [],
    }).rows
    expect(text!.at(-1)).toBe('60.0 ± 10.0 (20.5 to 89.7; over 3 draws of labels 35.2 to 84.8)')
  })

  it('takes no part of three splits for their mean', () => {
    const { columns, rows } = resultTable(splits.slice(0, 2))
    const linear = columns.filter(({ score }) => score === 'top1')
    expect(linear.map(({ apart }) => apart)).toEqual(['Split list 1', 'Split list 2'])
    expect(linear.map(({ key }) => rows[0]?.cells.get(key)?.count)).toEqual([1, 1])
  })

  it('is sorted by name or score, with rows that lack the score last', () => {
    const table = resultTable([
      evaluation('b', 0.1),
      evaluation('a', 0.4),
      evaluation('c', 0.3, { protocol: 'retrieval' }),
    ])
    const key = table.columns.find(({ protocol }) => protocol === 'linear')!.key
    const names = (by: string, descending: boolean) =>
      sortRows(table.rows, { by, descending }).map(({ name }) => name)
    expect(names('name', false)).toEqual(['a', 'b', 'c'])
    expect(names(key, true)).toEqual(['a', 'b', 'c'])
    expect(names(key, false)).toEqual(['b', 'a', 'c'])
  })

  it('is written with intervals, the best in bold, ties, the trash and what was made otherwise', () => {
    const facts = { pretrained: 'nothing', network: 'I3D', input: '—', epochs: '—' }
    const table = resultTable([
      evaluation('fame', 0.5, { runId: 1 }),
      evaluation('moco', 0.25, { runId: 2 }),
    ])
    const [column] = table.columns
    const papers = publishedRows(published, 'UCF101')
      .filter(({ method, values }) => method === 'FAME' && 'linear top1' in values)
      .map((row) => ({ ...row, facts }))
    const text = resultText({
      columns: [column!],
      rows: table.rows.map((row) => ({ ...row, facts })),
      papers,
      marks: new Map([
        [
          column!.key,
          new Map([
            [table.rows[0]!.key, 'best' as const],
            [table.rows[1]!.key, 'tie' as const],
          ]),
        ],
      ]),
      isTrashed: (runId) => runId === 2,
      otherwise: () => ['Batch: 1 here, 2 there'],
    })
    expect(formatTable(text, 'markdown').split('\n').slice(0, 5)).toEqual([
      '| Encoder | Pretrained on | Network | Input | Epochs | Linear probe, Top-1 |',
      '| --- | --- | --- | --- | ---: | ---: |',
      '| fame | nothing | I3D | — | — | **50.0 (15.0 to 85.0)** |',
      '| moco (in the trash) | nothing | I3D | — | — | 25.0 (4.6 to 69.9) ≈ |',
      expect.stringMatching(/^\| FAME .* \| 72\.2 ≠ \|$/),
    ])
  })
})

describe('published results', () => {
  it('have all scores of one method in one row', () => {
    const rows = publishedRows(published, 'UCF101')
    const fame = rows.filter(
      ({ method, backbone, values }) =>
        method === 'FAME' && backbone === 'R(2+1)D-18' && 'retrieval R@1' in values,
    )
    expect(fame).toHaveLength(1)
    expect(fame[0]?.values).toMatchObject({
      'linear top1': 0.722,
      'finetune top1': 0.848,
      'retrieval R@1': 0.646,
    })
    expect(rows.every(({ dataset }) => dataset === 'UCF101')).toBe(true)
  })

  it('belong to the benchmarks alone', () => {
    expect(benchmarkOf('ucf101', 101)).toBe('UCF101')
    expect(benchmarkOf('ucf101', 8)).toBeNull()
    expect(benchmarkOf('folder', 101)).toBeNull()
    const known = new Set(published.results.map(({ dataset }) => dataset))
    expect(known.has(benchmarkOf('diving48', 48)!)).toBe(true)
  })
})

it('tells runs of the same name apart by their numbers', () => {
  const names = [
    { runId: 1, runName: 'FAME' },
    { runId: 2, runName: 'FAME' },
    { runId: 2, runName: 'FAME' },
    { runId: 3, runName: 'MoCo' },
    { runId: 3, runName: 'MoCo' },
    { runId: null, runName: 'random' },
  ]
  expect([...sharedNames(names)]).toEqual(['FAME'])
})

describe('a running score', () => {
  const point = (done: number, top1: number) => ({
    done,
    total: 100,
    scores: { top1 },
    intervals: { top1: [top1 - 0.1, top1 + 0.1] as [number, number] },
    confusion: [],
  })

  it('is a line from left to right inside its band', () => {
    const trace = [point(50, 0.4), point(100, 0.6)]
    const { line, band, low, high } = traceLine(trace, 'top1', { width: 100, height: 50 })
    expect([low, high].map((value) => value.toFixed(2))).toEqual(['0.28', '0.72'])
    expect(line).toBe('50.0,36.4 100.0,13.6')
    expect(band.split(' ')).toHaveLength(4)
  })
})

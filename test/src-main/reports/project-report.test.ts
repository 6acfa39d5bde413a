import { describe, expect, it } from 'vitest'
import { defaultSettings } from '#shared/config/evaluation-settings.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Run } from '#shared/contract/runs.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import { judge } from '#shared/metrics/health.ts'
import { checksOfRun } from '#shared/metrics/run-health.ts'
import { projectReport, type ReportSource } from '#main/reports/project-report.ts'
import { markScores, scoreTables, type PairedTest } from '#main/reports/score-tables.ts'

const dataset = { id: 7, name: 'ucf <101>', videos: 12, classes: ['a', 'b'] } as Dataset

function evaluation(id: number, top1: number | null, clips = 10): Evaluation {
  const counts = { trainVideos: 100, testVideos: 96, seconds: 1 }
  const result = { scores: { top1: top1 ?? 0, clipTop1: 0.5 }, classCount: 2, ...counts }
  return {
    id,
    runId: null,
    runName: `encoder ${id}`,
    datasetId: 7,
    protocol: 'linear',
    settings: { ...defaultSettings('linear'), clips, seed: id },
    group: null,
    status: 'done',
    result: top1 === null ? null : result,
    createdAt: '',
    finishedAt: '',
    error: null,
    place: id,
  } as Evaluation
}

function source(evaluations: Evaluation[]): ReportSource {
  return {
    project: 'p & q',
    version: '1.2.3',
    madeAt: '2026-01-01T00:00:00Z',
    datasets: [dataset],
    runs: [],
    evaluations,
    curves: new Map(),
    health: new Map(),
    marks: new Map(),
    details: new Map([[1, { classes: ['a', 'b'], confusion: [0, 1, 3], perClass: [] }]]),
  }
}

describe('the tables of a report', () => {
  it('hold together what was measured in the same way, whatever its seed', () => {
    const tables = scoreTables(
      source([evaluation(1, 0.5), evaluation(2, 0.75), evaluation(3, 0.1, 2)]),
    )
    expect(tables.map(({ evaluations }) => evaluations.map(({ id }) => id))).toEqual([[1, 2], [3]])
    // Without a test nothing is best, however far apart.
    expect(tables[0].table.best).toEqual([])
  })

  it('hold together the streams of a run, and say how two of them answer together', () => {
    const [first, second] = [evaluation(1, 0.5), evaluation(2, 0.75)]
    const both = { ...second, settings: { ...second.settings, stream: 'both' as const } }
    const tables = scoreTables(source([first, both]))
    expect(tables.map(({ evaluations }) => evaluations.length)).toEqual([2])
    expect(tables[0].protocol).toContain(
      ' · rows of both streams: the mean of the probabilities of two classifiers',
    )
    expect(scoreTables(source([first]))[0].protocol).not.toContain('stream')
  })

  it('give the interval over draws of labels beside that over test videos', () => {
    const one = evaluation(1, 0.6)
    const result = { ...one.result!, draws: { top1: [0.5, 0.6, 0.7] } }
    const [{ table }] = scoreTables(source([{ ...one, result }]))
    // Wilson's interval of 60 % of 96 by SciPy.
    expect(table.rows[0][2]).toBe('60.0 (50.0 to 69.2; over 3 draws of labels 35.2 to 84.8)')
  })

  it('mark the best where a paired test says so, and ties where it does not', async () => {
    const evaluations = [1, 2, 3].map((id) => evaluation(id, id / 4))
    const asked: unknown[] = []
    const answering =
      (p: (number | null)[]): PairedTest =>
      async (request) => {
        asked.push(request)
        return Promise.resolve(request.score === 'top1' ? p : p.map(() => null))
      }
    const tableOf = async (test: PairedTest, runs: Run[] = []) => {
      const own = { ...source(evaluations), runs }
      return scoreTables({ ...own, marks: await markScores(own, test) })[0].table
    }
    const clear = await tableOf(answering([0.001, 0.04]))
    expect(asked[0]).toEqual({ score: 'top1', best: [3], others: [[1], [2]] })
    expect(clear.best).toEqual([[2, 2]])
    const tied = await tableOf(answering([0.001, 0.2]))
    expect(tied.best).toEqual([])
    expect(tied.rows.map((row) => row[2].endsWith('≈'))).toEqual([false, true, true])
  })

  it('let no run in the trash compete, and say that it is there', async () => {
    const trashed = {
      id: 5,
      trashedAt: '2026-01-01',
      config: { method: 'moco', merge: 'none' },
    } as Run
    const own = {
      ...source([evaluation(1, 0.5), evaluation(2, 0.4), { ...evaluation(3, 0.9), runId: 5 }]),
      runs: [trashed],
    }
    const marks = await markScores(own, async ({ others }) => Promise.resolve(others.map(() => 0)))
    const [{ table }] = scoreTables({ ...own, marks })
    expect(table.best).toContainEqual([0, 2])
    expect(table.rows[2][1]).toContain('in the trash')
  })

  it('name no method for imported weights, whose training is not known', () => {
    const config = { method: 'moco', merge: 'query', model: 'i3d', frames: 16, size: 112 }
    const weights = { id: 5, totalSteps: 0, trashedAt: null, config } as Run
    const evaluations = [{ ...evaluation(1, 0.5), runId: 5 }]
    const [{ table }] = scoreTables({ ...source(evaluations), runs: [weights] })
    expect(table.rows[0][1]).toBe('imported weights, i3d, 16×112×112')
  })

  it('give a 95 % interval to videos and none to clips, and pass over what has no result', () => {
    const [{ table }, ...others] = scoreTables(
      source([evaluation(1, 48 / 96), evaluation(2, null)]),
    )
    expect(others).toEqual([])
    expect(table.header).toEqual(['Encoder', 'Pretraining', 'Top-1', 'Top-1 of clips'])
    // Wilson's interval of 48 of 96, by hand: (0.5 + z²/192 ± z √(0.25/96 + z²/36864)) / (1 + z²/96).
    expect(table.rows).toEqual([['encoder 1', 'none', '50.0 (40.2 to 59.8)', '50.0']])
  })
})

describe('the health of pretraining', () => {
  const config = completeConfig({})
  const run = { id: 5, name: 'run <5>', totalSteps: 100, config } as Run
  const report = (mean: number): string => {
    const [check] = checksOfRun(run)
    const health = judge([check], new Map([[check.metric, { step: 100, value: mean, mean }]]))
    return [...projectReport({ ...source([]), runs: [run], health: new Map([[5, health]]) })].join(
      '',
    )
  }

  it('is a table of metrics with their ranges, open where something is to be looked at', () => {
    const [check] = checksOfRun(run)
    expect(report(0.02)).toContain('<details open><summary>run &lt;5&gt;: 1 to look at')
    expect(report(0.02)).toContain(`<li>${check.below}</li>`)
    expect(report(0.5)).toContain('<details><summary>run &lt;5&gt;</summary>')
    expect(report(0.5)).toMatch(/<td>0\.5<\/td><td>from 0\.1<\/td><td>in range<\/td>/)
    expect([...projectReport(source([]))].join('')).not.toContain('Health')
  })
})

describe('the table of what explains', () => {
  it('gives no interval to what counts no videos', () => {
    const found = (id: number, scores: Record<string, number>): Evaluation => {
      const one = evaluation(id, 0)
      const settings = defaultSettings('background')
      return { ...one, protocol: 'background', settings, result: { ...one.result!, scores } }
    }
    const [{ table }] = scoreTables(
      source([
        found(1, { gap: 0.5, pull: 0.75, backgroundOnly: 0.2 }),
        found(2, { gap: -0.02, pull: 0.25, backgroundOnly: 0.1 }),
      ]),
    )
    expect(table.header.slice(2)).toEqual([
      'Background gap',
      'Pull of the background',
      'Background alone',
    ])
    expect(table.rows[1].slice(2, 3)).toEqual(['-2.0'])
    expect(table.rows[1][3]).toMatch(/^25\.0 \(/)
  })
})

describe('the page of a report', () => {
  it('shows protocol, scores and confusion, with names as text', () => {
    const page = [...projectReport(source([evaluation(1, 0.5)]))].join('')
    expect(page).toContain('p &amp; q')
    expect(page).toContain('ucf &lt;101&gt;')
    expect(page).toContain('video level from 10 clips × 1 crop')
    expect(page).toContain('a as b: 100.0 %')
  })

  it('sets published numbers beside those of a benchmark, and says what was made otherwise', () => {
    const classes = Array.from({ length: 101 }, (_, i) => `class ${i}`)
    const ucf101 = { ...dataset, format: 'ucf101', classes } as Dataset
    const page = [...projectReport({ ...source([evaluation(1, 0.5)]), datasets: [ucf101] })].join(
      '',
    )
    expect(page).toContain('72.2 ≠')
    expect(page).toContain('Training clips: centre here, augmented there')
    expect([...projectReport(source([evaluation(1, 0.5)]))].join('')).not.toContain('Published on')
  })

  it('says so when there is no result', () => {
    expect([...projectReport(source([]))].join('')).toContain('No evaluation has a result yet.')
  })
})

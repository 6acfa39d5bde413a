import { describe, expect, it } from 'vitest'
import { defaultSettings } from '#shared/config/evaluation-settings.ts'
import type { Evaluation } from '#shared/contract/evaluations.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import { projectReport, scoreTables, type ReportSource } from '#main/reports/project-report.ts'

const dataset = { id: 7, name: 'ucf <101>', videos: 12, classes: ['a', 'b'] } as Dataset

function evaluation(id: number, top1: number | null, clips = 10): Evaluation {
  const counts = { trainVideos: 100, testVideos: 96, seconds: 1 }
  const result = { scores: { top1: top1 ?? 0, clipTop1: 0.5 }, classes: ['a', 'b'], ...counts }
  return {
    ...{ id, runId: null, runName: `encoder ${id}`, datasetId: 7, protocol: 'linear' },
    ...{ settings: { ...defaultSettings('linear'), clips, seed: id }, group: null },
    ...{ status: 'done', result: top1 === null ? null : result, createdAt: '', finishedAt: '' },
    ...{ error: null, place: id },
  } as Evaluation
}

function source(evaluations: Evaluation[]): ReportSource {
  return {
    ...{ project: 'p & q', version: '1.2.3', madeAt: '2026-01-01T00:00:00Z' },
    ...{ datasets: [dataset], runs: [], evaluations, curves: new Map() },
    details: new Map([[1, { confusion: [0, 1, 3], perClass: [] }]]),
  }
}

describe('the tables of a report', () => {
  it('hold together what was measured in the same way, whatever its seed', () => {
    const tables = scoreTables(
      source([evaluation(1, 0.5), evaluation(2, 0.75), evaluation(3, 0.1, 2)]),
    )
    expect(tables.map(({ evaluations }) => evaluations.map(({ id }) => id))).toEqual([[1, 2], [3]])
    expect(tables[0].table.best).toContainEqual([1, 2])
    expect(tables[0].table.best).not.toContainEqual([0, 2])
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

describe('the table of what explains', () => {
  it('marks the least where less is better, and gives no interval to what counts no videos', () => {
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
    expect(table.best).toEqual([
      [1, 2],
      [1, 3],
    ])
  })
})

describe('the page of a report', () => {
  it('shows protocol, scores and confusion, with names as text', () => {
    const page = [...projectReport(source([evaluation(1, 0.5)]))].join('')
    expect(page).toContain('p &#38; q')
    expect(page).toContain('ucf &#60;101&#62;')
    expect(page).toContain('video level from 10 clips × 1 crop')
    expect(page).toContain('a as b: 100.0 %')
  })

  it('says so when there is no result', () => {
    expect([...projectReport(source([]))].join('')).toContain('No evaluation has a result yet.')
  })
})

import { describe, expect, it } from 'vitest'
import { findings, studyHtml, studyMarkdown, studyTable } from '#main/study/shortcut-report.ts'
import type { StudyResult } from '#main/study/shortcut.ts'

const result: StudyResult = {
  rows: [
    {
      name: 'MoCo',
      seeds: [
        { seed: 1, scores: { 'Top-1': 0.3, 'R@1': 0.2, Pulled: 0.6, 'Background alone': 0.2 } },
        { seed: 2, scores: { 'Top-1': 0.4, 'R@1': 0.2 } },
      ],
    },
    {
      name: 'FAME, β 0.3',
      seeds: [
        { seed: 1, scores: { 'Top-1': 0.5, Pulled: 0.1, 'Background alone': 0.1 } },
        { seed: 2, scores: { 'Top-1': 0.35 } },
      ],
    },
  ],
  chance: 0.125,
  trainVideos: 192,
  testVideos: 96,
  device: 'a processor',
}
const made = { command: 'bin/fame study shortcut --seeds 2', version: '1.2.3' }

describe('the table of the study', () => {
  it('gives mean and sample deviation over the seeds, and leaves empty what was not measured', () => {
    const table = studyTable(result)
    const column = (label: string) => table.header.indexOf(label)
    expect(table.rows[0][column('Top-1')]).toBe('35.0 ± 7.1')
    expect(table.rows[1][column('Top-1')]).toBe('42.5 ± 10.6')
    expect(table.rows[1][column('R@1')]).toBe('')
    expect(table.best).toEqual([
      [1, column('Top-1')],
      [0, column('R@1')],
      // To be pulled less is better; on the background alone there is no good or bad.
      [1, column('Pulled')],
    ])
  })
})

describe('the findings of the study', () => {
  it('set each row of FAME against MoCo seed by seed, losses included', () => {
    expect(findings(result)).toEqual([
      'FAME, β 0.3: +7.5 points of Top-1 against MoCo with the same seed (+20.0, −5.0), ' +
        'above it with 1 of 2 seeds.',
    ])
  })

  it('claim nothing without MoCo', () => {
    expect(findings({ ...result, rows: result.rows.slice(1) })).toEqual([])
  })
})

describe('the report of the study', () => {
  it('tells the command and the device in both formats', () => {
    for (const text of [studyMarkdown(result, made), studyHtml(result, made)]) {
      expect(text).toContain(made.command)
      expect(text).toContain('a processor')
      expect(text).toContain('12.5 %')
    }
  })
})

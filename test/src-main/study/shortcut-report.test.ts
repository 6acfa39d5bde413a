import { describe, expect, it } from 'vitest'
import { findings, studyHtml, studyMarkdown, studyTable } from '#main/study/shortcut-report.ts'
import type { StudyResult, StudySeed } from '#main/study/shortcut.ts'

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
  const table = studyTable(result)
  const column = (label: string) => table.header.indexOf(label)

  it('gives mean and deviation over the seeds, the interval over the videos, and marks no best', () => {
    // Wilson's interval of 35.0 and 42.5 % of 96 by SciPy: 26.2 to 45.0 and 33.1 to 52.5.
    expect(table.rows[0][column('Top-1')]).toBe('35.0 ± 7.1 [26–45]')
    expect(table.rows[1][column('Top-1')]).toBe('42.5 ± 10.6 [33–52]')
    expect(table.rows[1][column('R@1')]).toBe('')
    expect(table.best).toEqual([])
  })

  it('says which β was chosen', () => {
    const validated = (swapped: number) => ({ 'Top-1': 0.9, Swapped: swapped })
    const seeds = (swapped: number) => [
      { seed: 1, scores: { 'Top-1': 0.5 }, validation: validated(swapped) },
    ]
    const rows = [
      { name: 'FAME, β 0.3', seeds: seeds(0.4) },
      { name: 'FAME, β 0.5', seeds: seeds(0.6) },
    ]
    const names = studyTable({ ...result, rows }).rows.map(([name]) => name)
    expect(names).toEqual(['FAME, β 0.3', 'FAME, β 0.5 (chosen)'])
    const text = studyMarkdown({ ...result, rows }, made)
    expect(text).toContain('held out with seed 1')
    expect(text).toContain('FAME, β 0.5 (40.0, 60.0)')
  })
})

describe('the findings of the study', () => {
  it('set each row of FAME against MoCo seed by seed, losses and intervals included', () => {
    expect(findings(result)).toEqual([
      'FAME, β 0.3: +7.5 points of Top-1 against MoCo with the same seed (+20.0, −5.0), ' +
        'above it with 1 of 2 seeds; over the test videos −6.2 to +20.8.',
    ])
  })

  it('set rows with colours against MoCo with colours, and claim nothing without it', () => {
    const coloured = { ...result.rows[1], name: 'FAME with colours, β 0.3' }
    expect(findings({ ...result, rows: [...result.rows, coloured] })).toHaveLength(1)
    const baseline = { ...result.rows[0], name: 'MoCo with colours' }
    const [, last] = findings({ ...result, rows: [...result.rows, coloured, baseline] })
    expect(last).toContain('against MoCo with colours')
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

  it('says that β was not chosen on other videos, what is missing, and what the preset is', () => {
    const other = { name: 'FAME, β 0.5', seeds: result.rows[1].seeds }
    const text = studyMarkdown({ ...result, rows: [...result.rows, other] }, made)
    expect(text).toContain('this study had no validation split')
    expect(text).toContain('is the best of 2 on it')
    expect(text).toContain('No row with colour augmentation was measured')
    expect(text).toMatch(/not measured: Random; MoCo with colours; .*FAME seed, β 0\.7/)
    expect(text).toContain('compared with gauss and seed masks only at the β that are in the table')
    const base = { ...result, rows: result.rows.slice(0, 1) }
    expect(studyMarkdown(base, made)).not.toContain('gauss and seed masks')
    expect(text).toContain('The preset small-fame has β 0.3, a row of this table.')
  })
})

describe('the notes of the study', () => {
  const [moco, fame] = result.rows
  const withSeed = (extra: Partial<StudySeed>): StudyResult => ({
    ...result,
    rows: [{ ...moco, seeds: [{ ...moco.seeds[0], ...extra }] }, fame],
  })

  it('name encoders that ended outside a healthy range', () => {
    const text = studyMarkdown(withSeed({ outOfRange: ['spread 0.041, healthy from 0.1'] }), made)
    expect(text).toContain('MoCo, seed 1 (spread 0.041, healthy from 0.1)')
    expect(studyMarkdown(result, made)).not.toContain('healthy')
  })

  it('say how far runs with the same seed differ', () => {
    const text = studyMarkdown(withSeed({ repeats: [0.2, 0.34] }), made)
    expect(text).toContain('MoCo, seed 1: 30.0 and 20.0; MoCo, seed 1: 30.0 and 34.0')
    expect(text).toContain('differ by 7.0 points in the mean and 10.0 at most')
    // Of the two rows only FAME's has two seeds left: 50 and 35.
    expect(text).toContain('Two seeds of one row differ by 15.0 points in the mean')
    expect(studyMarkdown(result, made)).not.toContain('more than once')
  })
})

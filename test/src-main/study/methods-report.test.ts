import { describe, expect, it } from 'vitest'
import type { MethodsResult } from '#main/study/methods.ts'
import { keyOf, methodRows, type CellScores } from '#main/study/methods-plan.ts'
import {
  methodsFindings,
  methodsHtml,
  methodsMarkdown,
  methodsTable,
} from '#main/study/methods-report.ts'

const rows = methodRows(['moco', 'simclr'])
const named = (name: string) => rows.find((row) => row.name === name)!
const cell = (
  name: string,
  seed: number,
  rate: number,
  scores: CellScores,
): [string, CellScores] => [keyOf({ row: named(name), seed, rate }), scores]

const result: MethodsResult = {
  plan: { rows, seeds: 2, rates: [1, 2], steps: 360, videos: 192 },
  known: new Map([
    cell('Random', 1, 1, { test: { 'Top-1': 0.2, Pulled: 0.6 } }),
    cell('MoCo', 1, 1, { validation: { Swapped: 0.1 }, test: { 'Top-1': 0.15 } }),
    cell('MoCo', 2, 1, { validation: { Swapped: 0.1 }, test: { 'Top-1': 0.25 } }),
    // The better of two rates by validation, and the worse one on the test split.
    cell('MoCo + FAME', 1, 1, { validation: { Swapped: 0.3 }, test: { 'Top-1': 0.9 } }),
    cell('MoCo + FAME', 1, 2, { validation: { Swapped: 0.5 }, test: { 'Top-1': 0.6 } }),
    cell('MoCo + FAME', 2, 2, { validation: { Swapped: 0.5 }, test: { 'Top-1': 0.7 } }),
    cell('Supervised', 1, 1, { test: { 'Top-1': 0.8 } }),
  ]),
  failed: new Map([['SimCLR, seed 1, rate 1', 'Run 3 failed: the loss is not a number']]),
  ...{ chance: 0.125, trainVideos: 192, testVideos: 96, device: 'a processor, some kernels' },
}
const made = { command: 'bin/fame study methods --seeds 2', version: '1.2.3' }

describe('the table of methods', () => {
  const { header, rows: lines } = methodsTable(result)
  const line = (name: string) =>
    Object.fromEntries(lines.find(([own]) => own === name)!.map((text, i) => [header[i], text]))

  it('gives the mean over seeds with the intervals over test videos and over seeds', () => {
    // Wilson's of 65 % of 96 and Student's t of 0.6 and 0.7 by SciPy.
    expect(line('MoCo + FAME')).toMatchObject({
      ...{ 'Learning rate': '0.2', Seeds: '2' },
      'Top-1': '65.0 [55–74] {1–100}',
    })
    expect(line('Random')).toMatchObject({ 'Learning rate': '', 'Top-1': '20.0 [13–29]' })
    expect(line('MoCo')['Learning rate']).toBe('0.1 (1 of 2 tried)')
  })

  it('marks what is missing, what failed and what is not measured', () => {
    expect(line('SimCLR + FAME')).toMatchObject({ Seeds: '0', 'Top-1': 'not yet run' })
    expect(line('SimCLR')['Top-1']).toBe('failed')
    expect(line('MoCo + FAME')['k-NN']).toBe('not yet run')
    expect(line('Supervised')).toMatchObject({ 'Top-1': '80.0 [71–87]', Pulled: '–' })
  })
})

describe('the page of methods', () => {
  it('says what merging does seed by seed, and what does not beat random weights', () => {
    expect(methodsFindings(result)).toEqual([
      'MoCo + FAME: +45.0 points of Top-1 against MoCo with the same 2 seeds; over the test videos +31.5 to +56.1.',
      'No better than random weights by Top-1 (20.0 %): MoCo.',
    ])
  })

  it('says how settings were chosen, what is missing, and where it was made', () => {
    for (const text of [methodsMarkdown(result, made), methodsHtml(result, made)]) {
      expect(text).toContain('MoCo + FAME × 2 (× 1 30.0, × 2 50.0)')
      expect(text).toContain('5 pretrained encoders have been tested')
      expect(text).toMatch(/\d+ cells of the plan have not yet been run/)
      expect(text).toContain('SimCLR, seed 1, rate 1 failed: Run 3 failed')
      expect(text).toContain('a processor, some kernels')
      expect(text).toContain(made.command)
    }
  })
})

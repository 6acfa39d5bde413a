import { expect, it } from 'vitest'
import type { DemoEncoder, DemoResult } from '#main/demo/demo.ts'
import { renderReport, resultRows } from '#main/demo/report.ts'

function encoder(name: string, top1: number, recall: number): DemoEncoder {
  const counts = { classCount: 2, trainVideos: 192, testVideos: 96, seconds: 1 }
  return {
    name,
    run: null,
    loss: [],
    seconds: 0,
    evaluations: { linear: 1, retrieval: 2 },
    results: {
      linear: { ...counts, scores: { top1 } },
      retrieval: { ...counts, scores: { 'R@1': recall, 'R@5': 0.75 } },
    },
  }
}

const result: DemoResult = {
  encoders: [encoder('Random', 0.25, 0.3), encoder('MoCo', 0.375, 0.5), encoder('FAME', 0.5, 0.52)],
  marks: { top1: { 2: 'best' }, 'R@1': { 1: 'tie', 2: 'tie' } },
  examples: [],
  engine: 'a processor',
  seconds: 60,
}

it('gives every share its interval, and marks ties', () => {
  const { rows } = resultRows(result)
  // Wilson's interval of 48 of 96, by hand: 40.2 to 59.8.
  expect(rows[2].slice(0, 3)).toEqual(['FAME', '50.0 % [40–60]', '52.0 % [42–62] ≈'])
  expect(rows.map((row) => row[2].endsWith('≈'))).toEqual([false, true, true])
})

it('sets in bold only what the paired test calls best', () => {
  const page = renderReport(result, [])
  expect(page.match(/<td class="best">/g)).toHaveLength(1)
  expect(page).toContain('<td class="best">50.0 % [40–60]</td>')
  expect(page).toMatch(/trained with\s+one\s+seed/)
})

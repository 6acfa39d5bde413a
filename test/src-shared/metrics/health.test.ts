import { describe, expect, it } from 'vitest'
import { METHODS, methodNamed } from '#shared/methods/index.ts'
import { complaintsOf, JUDGED_FROM } from '#shared/metrics/health.ts'

const checks = [
  { metric: 'spread', min: 0.1, sentence: 'Too alike.' },
  { metric: 'loss', max: 5, sentence: 'Too large.' },
]

function complaints(spread: number, loss: number, step = 100): string[] {
  const latest = [
    ['spread', { step, mean: spread }],
    ['loss', { step, mean: loss }],
  ] as const
  return complaintsOf(checks, new Map(latest))
}

describe('the health of a run', () => {
  it('is told by what lies outside its range', () => {
    expect(complaints(0.8, 1)).toEqual([])
    expect(complaints(0.01, 1)).toEqual(['Too alike.'])
    expect(complaints(0.01, 6)).toEqual(['Too alike.', 'Too large.'])
  })

  it('is not judged before the run has begun, nor by what it does not measure', () => {
    expect(complaints(0.01, 6, JUDGED_FROM - 1)).toEqual([])
    expect(complaintsOf(checks, new Map())).toEqual([])
  })
})

it.each(METHODS)('%s judges metrics that it measures, by a fact and a remedy', (name) => {
  const { health, metrics } = methodNamed(name)
  expect(health.length).toBeGreaterThan(0)
  for (const { metric, min, max, sentence } of health) {
    expect(Object.keys(metrics)).toContain(metric)
    expect([min, max]).not.toEqual([undefined, undefined])
    expect(sentence.split('. ').length).toBeGreaterThan(1)
  }
})

import { describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { presets } from '#shared/config/presets.ts'
import { METHODS, methodNamed } from '#shared/methods/index.ts'
import {
  complaintsOf,
  judge,
  JUDGED_FROM,
  type HealthCheck,
  type JudgedMetric,
} from '#shared/metrics/health.ts'
import { metricsOf } from '#shared/metrics/catalogue.ts'
import { healthWords } from '#shared/metrics/health-words.ts'
import { checksOfRun } from '#shared/metrics/run-health.ts'

const about = { reason: 'Because', source: 'By hand' }
const checks: HealthCheck[] = [
  { ...about, metric: 'spread', min: 0.1, below: 'Too alike.' },
  { ...about, metric: 'loss', max: 5, above: 'Too large.' },
  { ...about, metric: 'positive', min: { metric: 'negative' }, nothing: 0, below: 'Too far.' },
]

function judged(values: Record<string, number>, step = 100): JudgedMetric[] {
  const latest = Object.entries(values).map(
    ([name, mean]) => [name, { step, value: mean, mean }] as const,
  )
  return judge(checks, new Map(latest))
}

const complaints = (...args: Parameters<typeof judged>): string[] => complaintsOf(judged(...args))

describe('the health of a run', () => {
  it('is told by what lies outside its range', () => {
    expect(complaints({ spread: 0.8, loss: 1 })).toEqual([])
    expect(complaints({ spread: 0.01, loss: 1 })).toEqual(['Too alike.'])
    expect(complaints({ spread: 0.01, loss: 6 })).toEqual(['Too alike.', 'Too large.'])
  })

  it('compares a metric with another one', () => {
    expect(complaints({ positive: 0.3, negative: 0.2 })).toEqual([])
    expect(complaints({ positive: 0.3, negative: 0.4 })).toEqual(['Too far.'])
    expect(judged({ positive: 0.3 })[2].verdict).toBe('open')
  })

  it('is not judged before the run has begun, nor by what it does not measure', () => {
    expect(complaints({ spread: 0.01, loss: 6 }, JUDGED_FROM - 1)).toEqual([])
    expect(complaints({})).toEqual([])
    expect(complaints({ positive: 0, negative: 0.4 })).toEqual([])
  })

  it('leaves out a metric that is not measured at present, whatever its mean', () => {
    const at = (step: number, value: number, mean = value) => ({ step, value, mean })
    const verdict = (positive: ReturnType<typeof at>) =>
      judge(checks, new Map(Object.entries({ positive, negative: at(100, 0.4) })))[2].verdict
    expect(verdict(at(100, 0.2))).toBe('below')
    // The last phase that measured it is over.
    expect(verdict(at(80, 0.2))).toBe('open')
    // Nothing to measure for some steps: the mean falls towards 0.
    expect(verdict(at(100, 0, 0.2))).toBe('open')
  })

  it('is read with units', () => {
    const method = METHODS[0]
    const [spread, loss] = judged({ spread: 0.456, loss: 5.5 }).map((one) =>
      healthWords(one, method),
    )
    expect(spread).toMatchObject({ value: '0.456', range: 'from 0.1', verdict: 'in range' })
    expect(loss).toMatchObject({ value: '5.5 nats', range: 'up to 5 nats', verdict: 'above range' })
  })
})

const sentence = /^[A-Z0-9].*\.$/s

describe.each(METHODS)('the healthy ranges of %s', (name) => {
  const metrics = metricsOf(completeConfig({ method: name }))

  it('explain every metric that the method measures, by a fact and a remedy where there is a range', () => {
    const own = checksOfRun({ config: completeConfig({ method: name }), totalSteps: 1000 })
    // What the settings alone determine has no range.
    const measured = Object.keys(metrics).filter((metric) => metrics[metric].source === 'measured')
    // A sum of the losses of parts is judged by its parts.
    const judgedByParts = measured.some((metric) => metric.includes('.')) ? ['loss'] : []
    const expected = measured.filter((metric) => !judgedByParts.includes(metric))
    expect(own.map(({ metric }) => metric).toSorted()).toEqual(expected.toSorted())
    for (const { min, max, reason, source, below, above } of own) {
      expect(reason).toMatch(sentence)
      expect(source).not.toBe('')
      expect(below === undefined).toBe(min === undefined)
      expect(above === undefined).toBe(max === undefined)
      for (const words of [below, above]) {
        if (words) expect(words).toMatch(/^[A-Z].*\. [A-Z].*\.$/s)
      }
    }
  })

  it('contain what is possible with every preset, marks included', () => {
    for (const { values } of presets.filter(({ method }) => method === name)) {
      const config = completeConfig(values)
      for (const { metric, min, max, marks = [] } of checksOfRun({ config, totalSteps: 5000 })) {
        const { print } = metricsOf(config)[metric]
        for (const value of [min, max, ...marks.map((mark) => mark.value)]) {
          if (typeof value !== 'number') continue
          expect(Number.isFinite(value)).toBe(true)
          if (print !== 'percent') continue
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(1)
        }
      }
    }
  })

  it('tell first of an encoder that learns nothing: of collapse, where embeddings can', () => {
    const [first] = checksOfRun({ config: completeConfig({ method: name }), totalSteps: 1000 })
    expect(first.min ?? first.max).toBeDefined()
    if (!('spread' in metrics)) return
    expect(first.min).toBeGreaterThan(0)
    expect(first.below).toContain('collapsed')
  })
})

it('do not expect the positive first where the queue has older keys of the same video', () => {
  const method = METHODS.find((one) => 'queue' in methodNamed(one).settings)!
  const config = completeConfig({ method, batch: 32, queue: 192, epochs: 120, merge: 'none' })
  const accuracy = (videos: number): HealthCheck | undefined =>
    checksOfRun({ config, totalSteps: (videos / 32) * 120 }).find(
      ({ metric }) => metric === 'accuracy',
    )
  // 192 keys hold two of each of 96 videos, and hardly one of any of 9,600.
  expect(accuracy(96)?.min).toBeUndefined()
  expect(accuracy(96)?.reason).toContain('2 of the negatives are of the same video')
  expect(accuracy(9600)?.min).toBeGreaterThan(1 / 193)
})

it('count a video once, however many places of a batch it takes', () => {
  const method = METHODS.find((one) => 'queue' in methodNamed(one).settings)!
  const checksFor = (batch: number, repeats: number, negatives: 'queue' | 'batch') => {
    const values = { method, batch, repeats, queue: 192, epochs: 120, merge: 'none', negatives }
    // 9,600 videos an epoch.
    const totalSteps = (9600 / (batch / repeats)) * 120
    return checksOfRun({ config: completeConfig(values), totalSteps })
  }
  const accuracy = (...of: Parameters<typeof checksFor>): HealthCheck | undefined =>
    checksFor(...of).find(({ metric }) => metric === 'accuracy')
  expect(accuracy(64, 2, 'queue')).toEqual(accuracy(32, 1, 'queue'))
  // One of the other 63 places is of the own video.
  expect(accuracy(64, 1, 'batch')?.min).toBeGreaterThan(1 / 64)
  expect(accuracy(64, 2, 'batch')?.min).toBeUndefined()
})

it('say where the positive is, among one or several', () => {
  const queued = METHODS.filter((one) => 'queue' in methodNamed(one).settings)
  for (const method of queued) {
    for (const queue of [192, 65_536]) {
      const config = completeConfig({ method, batch: 32, queue, merge: 'none' })
      const checks = checksOfRun({ config, totalSteps: 600 })
      for (const { metric, reason } of checks) {
        if (metric === 'accuracy') expect(reason).not.toMatch(/among the first|the 1 most/)
        if (metric === 'accuracy') expect(reason).toContain('in first place')
        if (metric === 'top5') expect(reason).toContain('among the first 5')
      }
    }
  }
})

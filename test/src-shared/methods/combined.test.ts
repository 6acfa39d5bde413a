import { describe, expect, it } from 'vitest'
import { completeConfig, parseAssignment } from '#shared/config/pretrain-config.ts'
import { methodText, presetOf } from '#shared/config/presets.ts'
import { parseRunFile, printRunFile } from '#shared/config/run-file.ts'
import { sweepRuns } from '#shared/config/sweep.ts'
import { chartsOf, kindOfMetric, metricsOf } from '#shared/metrics/catalogue.ts'
import { checksOfRun } from '#shared/metrics/run-health.ts'
import { firstScoredStep } from '#shared/metrics/best.ts'
import { methodNamed, viewsOf } from '#shared/methods/index.ts'
import { partsOf } from '#shared/methods/parts.ts'

const MOCO = { method: 'moco', queue: 64 }
const of = (parts: unknown, changes = {}) =>
  completeConfig({ method: 'combined', batch: 32, ...changes, parts })

describe('parts', () => {
  it('have the settings of the run, the defaults of their methods, and their own', () => {
    const config = of([{ ...MOCO, merge: 'none', jitter: 0.5 }, { method: 'be' }], { blur: 0.25 })
    const [first, second] = partsOf(config).map((part) => part.config)
    expect(first).toMatchObject({ method: 'moco', queue: 64, merge: 'none', jitter: 0.5 })
    expect(first).toMatchObject({ blur: 0.25, temperature: 0.1, frameMix: 0 })
    expect(second).toMatchObject({ method: 'be', merge: 'query', frameMix: 0.3, blur: 0.25 })
  })

  it('are named by their methods, numbered where one occurs again; a weight of 0 leaves one out', () => {
    const parts = [MOCO, { method: 'simclr', weight: 0 }, { ...MOCO, weight: 0.5 }]
    expect(partsOf(of(parts))).toMatchObject([
      { name: 'moco', label: 'MoCo', place: 0, weight: 1 },
      { name: 'moco-2', label: 'MoCo 2', place: 2, weight: 0.5 },
    ])
    expect(viewsOf(of(parts)).map(({ name }) => name)).toEqual([
      ...['moco.query', 'moco.key', 'moco-2.query', 'moco-2.key'],
    ])
  })

  it.each([
    [[{ method: 'coclr' }], 'parts.0 (CoCLR): this method cannot be a part, because it trains in'],
    [
      [MOCO, { method: 'nothing' }],
      'parts.1 (nothing): there is no such method that can be a part',
    ],
    [[{ method: 'combined' }], 'parts.0 (combined): there is no such method that can be a part'],
    [[{ ...MOCO, frames: 4 }], 'parts.0 (MoCo): frames is of the whole run'],
    [[{ ...MOCO, lr: 1 }], "parts.0 (MoCo): 'lr' is no setting of its views or of MoCo"],
    [[{ ...MOCO, queue: 33 }], 'parts.0 (MoCo): queue is 33 and batch is 32'],
    [
      [{ ...MOCO, temperature: 0 }],
      'parts.0 (MoCo): temperature is 0: expected a number from 0.001',
    ],
    [[{ ...MOCO, weight: 0 }], 'No part has a weight above 0'],
    [[{ ...MOCO, weight: -1 }], 'parts.0.weight is -1: expected a number from 0 to 1000.'],
    [[], 'parts has 0 parts: list 1 to 8.'],
    ['hello', 'parts is no list: expected a list of parts'],
    ['constructor', 'parts is no list: expected a list of parts'],
    [[{ method: 'pace', paces: 4 }], 'parts.0 (Pace prediction): paces is '],
    [[{ weight: 1 }], 'parts.0 has no method'],
  ])('are refused with the place and the remedy: %j', (parts, message) => {
    expect(() => of(parts)).toThrow(message)
  })
})

describe('a combination', () => {
  const config = of([MOCO, { method: 'simclr', weight: 0.5, merge: 'none' }])

  it('measures what its parts measure, each under its name, drawn in charts of its own', () => {
    const metrics = Object.keys(metricsOf(config))
    expect(metrics).toEqual(expect.arrayContaining(['loss', 'moco.loss', 'simclr.spread']))
    const drawn = chartsOf(['combined'], ['moco', 'simclr']).flatMap((chart) => chart.metrics)
    for (const metric of metrics) expect(drawn.filter((name) => name === metric)).toHaveLength(1)
    expect(kindOfMetric('simclr.loss')).toMatchObject({ label: 'SimCLR: Loss', better: 'low' })
    expect(kindOfMetric('nothing.loss')).toBeUndefined()
  })

  it('judges each part by the ranges of its method', () => {
    const checks = checksOfRun({ config, totalSteps: 100 })
    const own = checks.find(({ metric }) => metric === 'moco.positive')
    expect(own?.min).toEqual({ metric: 'moco.negative' })
    const simclr = completeConfig({ method: 'simclr', batch: 32 })
    const alone = checksOfRun({ config: simclr, totalSteps: 100 })
    const top = checks.find(({ metric }) => metric === 'simclr.accuracy')
    expect(top?.min).toBe(alone.find(({ metric }) => metric === 'accuracy')?.min)
    expect(firstScoredStep(config)).toBe(firstScoredStep(completeConfig({ ...MOCO, batch: 32 })))
  })

  it('is called by its parts, their weights, and where they merge', () => {
    expect(methodText(config)).toBe('MoCo with FAME + 0.5 × SimCLR')
    expect(methodText({ method: 'combined', merge: 'none' })).toBe('Combined')
  })

  it('is written to a file as a list, and read from it unchanged', () => {
    const { name, values } = presetOf({
      ...{ recipe: 'sample', method: 'combined', merge: 'none', size: 'cpu' },
    } as const)
    const text = printRunFile({ preset: name, values: config })
    expect(text).toContain('parts:\n  - method: moco\n    weight: 1\n    queue: 64\n')
    expect(parseRunFile(text).values.parts).toBe(config.parts)
    expect(completeConfig(values).parts).toBe(values.parts)
  })

  it('takes one value of a part by its name, in assignments and sweeps', () => {
    const [name, value] = parseAssignment('parts.1.weight=0.25')
    expect(partsOf(completeConfig({ ...config, [name]: value }))[1].weight).toBe(0.25)
    const runs = sweepRuns(config, { grid: { 'parts.1.weight': [0, 1] } })
    expect(runs.map(({ label }) => label)).toEqual(['parts.1.weight 0', 'parts.1.weight 1'])
    expect(() => completeConfig({ ...config, 'parts.5.weight': 1 })).toThrow(
      "There is no part for 'parts.5.weight': the last one is parts.1.",
    )
    expect(() => parseAssignment('frames.0.weight=1')).toThrow('There is no setting')
  })

  it('is known by name, and every list of the sample set can be run', () => {
    const row = methodNamed('combined').settings.parts
    const named = row.type === 'parts' ? Object.keys(row.named) : []
    expect(named.length).toBeGreaterThan(1)
    for (const name of named) expect(partsOf(of(name)).length).toBeGreaterThan(1)
  })
})

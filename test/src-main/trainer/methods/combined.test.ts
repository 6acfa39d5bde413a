// @module-tag tensorflow
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createEncoder } from '#main/trainer/encoders/encoder.ts'
import { encoders } from '#shared/encoders/index.ts'
import type { EncoderDescriptor } from '#shared/encoders/encoder.ts'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { drawAnswers } from '#main/trainer/loader/answers.ts'
import { createLearner } from '#main/trainer/methods/index.ts'
import type { Learner } from '#main/trainer/methods/learner.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'
import { Training } from '#main/trainer/training/training.ts'
import { presetOf } from '#shared/config/presets.ts'
import { completeConfig, defaultConfig, settingsOf } from '#shared/config/pretrain-config.ts'
import { METHODS, methodNamed, viewsOf, type MethodName } from '#shared/methods/index.ts'
import { partValues, whyAlone } from '#shared/methods/part-table.ts'
import type { AnyConfig, Values } from '#shared/methods/method.ts'
import { Rng } from '#shared/random/rng.ts'
import { hashes, hashOf } from '../state-hashes.ts'

vi.setConfig({ testTimeout: 300_000 })

const BATCH = 4
const TINY = {
  model: 'r2plus1d_narrow',
  frames: 2,
  size: 16,
  batch: BATCH,
  precision: 'float32',
  epochs: 4,
  lr: 0.02,
}
const MOCO = { method: 'moco', queue: 8, projectionSize: 16 }
const SIMCLR = { method: 'simclr', projectionSize: 16 }

/** Methods that can be parts, but for the one that has parts itself. */
const PARTS = METHODS.filter((name) => !('parts' in settingsOf(name))).filter(
  (name) => whyAlone(methodNamed(name)) === null,
)

function combined(parts: Values[], changes: Values = {}): AnyConfig {
  return completeConfig({ method: 'combined', ...TINY, merge: 'none', ...changes, parts })
}

/** A method as it trains on the sample set, on tiny clips. */
function alone(method: MethodName): AnyConfig {
  const { values } = presetOf({ recipe: 'sample', method, merge: 'none', size: 'cpu' })
  const own = 'queue' in settingsOf(method) ? { queue: 8 * BATCH } : {}
  const { model = TINY.model } = values
  const found = Object.entries<EncoderDescriptor>(encoders).find(([name]) => name === model)
  const { cube, least } = found?.[1] ?? {}
  const cubes = cube ? { frames: 2 * cube.frames, size: 2 * cube.size } : least
  const config = { ...values, ...TINY, model, ...cubes, ...own }
  const whole = { ...defaultConfig(method), ...config } as AnyConfig
  // Methods that cut a clip in time need more than two frames.
  const isShort = /^frames is/.test(methodNamed(method).fault(whole) ?? '')
  return completeConfig({ ...config, ...(isShort && { frames: 8 }) })
}

function placeOf(config: AnyConfig, step: number) {
  const answers = drawAnswers(config, new Rng(step))
  return { step, steps: 4, batch: step, epoch: Math.floor(step / 2), answers }
}

function viewsAt(config: AnyConfig, step: number): Float32Array[] {
  const rng = new Rng(100 + step)
  const length = BATCH * config.frames * config.size ** 2 * 3
  return viewsOf(config).map(() => Float32Array.from({ length }, () => rng.normal()))
}

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

/** Metrics and state of a few steps. */
function train(config: AnyConfig, steps = 3) {
  const training = new Training(engine, createLearner(engine, config), config)
  const measured = Array.from({ length: steps }, (_, step) => {
    const metrics = training.accumulate(viewsAt(config, step), placeOf(config, step))
    const end: Record<string, unknown> = { ...metrics, ...training.finishStep(0.02) }
    return end
  })
  const state = training.stateDict()
  training.dispose()
  return { measured, state }
}

/** Gradients of the first micro-batch, by network. */
function gradientsOf(config: AnyConfig, views = viewsAt(config, 0)): Map<string, Float32Array> {
  const learner: Learner = createLearner(engine, config)
  const found = new Map<string, Float32Array>()
  engine.scope(() => {
    const place = placeOf(config, 0)
    learner.begin(place)
    const { gradients } = learner.learn(views, place)
    gradients.forEach((gradient, name) => found.set(name, engine.read(gradient).slice()))
  })
  learner.dispose()
  return found
}

/** The names that one part has alone. */
const withoutPart = (name: string): string => name.replace('parts.0.', '')

describe.each(PARTS)('one part, %s', (method) => {
  const own = alone(method)
  const config = completeConfig({
    ...Object.fromEntries(Object.entries(own).filter(([name]) => name in settingsOf('combined'))),
    method: 'combined',
    parts: [{ method, ...partValues(methodNamed(method), own) }],
  })

  it('is that method alone to the bit', () => {
    const [one, whole] = [train(own), train(config)]
    one.measured.forEach(({ norm, skipped, ...metrics }, step) => {
      for (const [name, value] of Object.entries(metrics)) {
        expect(whole.measured[step]).toHaveProperty([`${method}.${name}`], value)
      }
      expect(whole.measured[step]).toMatchObject({ norm, skipped, loss: metrics.loss })
    })
    const renamed: StateDict = new Map(
      [...whole.state].map(([name, entry]) => [withoutPart(name), entry]),
    )
    expect([...renamed.keys()].sort()).toEqual([...one.state.keys()].sort())
    for (const [name, { data }] of one.state) {
      expect(hashOf(renamed.get(name)!.data), name).toBe(hashOf(data))
    }
  })

  it('begins with the weights that the seed gives the encoder', () => {
    const encoder = createEncoder(engine, own)
    const learner = createLearner(engine, own)
    expect(hashes(learner.encoder.stateDict())).toEqual(hashes(encoder.stateDict()))
    encoder.dispose()
    learner.dispose()
  })
})

describe('two parts', () => {
  const both = [
    { ...MOCO, weight: 0.5 },
    { ...SIMCLR, weight: 2 },
  ]
  const config = combined(both)
  const views = viewsAt(config, 0)

  it('add their gradients in the encoder by weight, and keep those of their heads', () => {
    const found = gradientsOf(config, views)
    const first = gradientsOf(combined([MOCO]), views.slice(0, 2))
    const second = gradientsOf(combined([SIMCLR]), views.slice(2))
    expect([...found.keys()].sort()).toEqual(['encoder', 'parts.0.head', 'parts.1.head'])
    const [a, b] = [first.get('encoder')!, second.get('encoder')!]
    const errors = found.get('encoder')!.map((value, i) => {
      const sum = 0.5 * a[i] + 2 * b[i]
      return Math.abs(value - sum) / Math.max(1, Math.abs(sum))
    })
    expect(errors.reduce((most, error) => Math.max(most, error), 0)).toBeLessThan(1e-6)
    const heads = [first.get('parts.0.head')!, second.get('parts.0.head')!]
    expect(found.get('parts.0.head')).toEqual(heads[0].map((value) => 0.5 * value))
    expect(found.get('parts.1.head')).toEqual(heads[1].map((value) => 2 * value))
  })

  it('have one loss, the weighted sum, and metrics of their own', () => {
    const [metrics] = train(config, 1).measured
    const loss = (part: string): number => Number(metrics[`${part}.loss`])
    expect(metrics.loss).toBeCloseTo(0.5 * loss('moco') + 2 * loss('simclr'), 5)
    expect(metrics['moco.accuracy']).toBeTypeOf('number')
  })

  it('store the encoder once, and a moving average with its part', () => {
    const { state } = train(config, 1)
    const names = [...state.keys()]
    const own = names.filter((name) => /(^|\.)encoder\./.test(name) && !name.startsWith('momentum'))
    expect(own.filter((name) => name.startsWith('encoder.')).length).toBeGreaterThan(0)
    const others = own.filter((name) => !name.startsWith('encoder.'))
    expect(others.every((name) => name.startsWith('parts.0.ema.encoder.'))).toBe(true)
    expect(names).toContain('parts.1.head.0.weight')
  })

  it('begin with a moving average that equals the shared encoder', () => {
    const learner = createLearner(engine, combined([SIMCLR, MOCO]))
    const state = learner.stateDict()
    for (const [name, { data }] of state) {
      if (!name.startsWith('encoder.')) continue
      expect(hashOf(state.get(`parts.1.ema.${name}`)!.data)).toBe(hashOf(data))
    }
    learner.dispose()
  })

  it('move the statistics of the encoder once each', () => {
    const counts = (own: AnyConfig): number => {
      const entry = [...train(own, 1).state].find(([name]) => name.endsWith('running_mean'))!
      return entry[1].data[0]
    }
    expect(counts(config)).not.toBe(counts(combined([{ ...MOCO, weight: 0.5 }])))
  })

  it('are left out with a weight of 0, to the bit', () => {
    const [zero, without] = [
      train(combined([MOCO, { ...SIMCLR, weight: 0 }])),
      train(combined([MOCO])),
    ]
    expect(zero.measured).toEqual(without.measured)
    expect(hashes(zero.state)).toEqual(hashes(without.state))
  })

  it('may be the same method twice, with names that differ', () => {
    const { measured, state } = train(combined([MOCO, { ...MOCO, temperature: 0.5 }]), 2)
    expect(measured[1]['moco-2.loss']).not.toBe(measured[1]['moco.loss'])
    expect([...state.keys()]).toEqual(expect.arrayContaining(['parts.0.queue', 'parts.1.queue']))
  })
})

describe('a part that waits', () => {
  const waiting = { ...MOCO, waitForQueue: true, queue: 64 }

  it('adds nothing, and the others go on', () => {
    const { measured, state } = train(combined([waiting, SIMCLR]), 2)
    expect(measured[1]).toMatchObject({ skipped: null })
    const start = createLearner(engine, combined([waiting, SIMCLR]))
    const before = start.stateDict()
    start.dispose()
    const changed = (name: string): boolean =>
      Buffer.compare(
        Buffer.from(before.get(name)!.data.buffer),
        Buffer.from(state.get(name)!.data.slice().buffer),
      ) !== 0
    expect(changed('parts.0.head.0.weight')).toBe(false)
    expect(changed('parts.1.head.0.weight')).toBe(true)
  })

  it('adds no gradient to the step in which it becomes ready', () => {
    const config = combined([{ ...waiting, queue: 8 }, SIMCLR], { accumulate: 4 })
    const training = new Training(engine, createLearner(engine, config), config)
    const head = (): number[] => [...training.stateDict().get('parts.0.head.0.weight')!.data]
    const before = head()
    const step = (place: number): void => {
      for (let i = 0; i < 4; i++) {
        training.accumulate(viewsAt(config, i), { ...placeOf(config, 4 * place + i), step: place })
      }
      expect(training.finishStep(0.02)).toMatchObject({ skipped: null })
    }
    step(0)
    expect(head()).toEqual(before)
    step(1)
    expect(head()).not.toEqual(before)
    training.dispose()
  })

  it('ends the step without an update where all parts wait', () => {
    const { measured } = train(combined([waiting, waiting]), 1)
    expect(measured[0].skipped).toBe('the queue is not full of keys yet')
  })
})

describe('parts with long work', () => {
  const part = { method: 'cluster', clusters: 2, clusterEvery: 1 }
  const config = combined([part, { ...part, clusters: 3 }])

  it('change nothing where the work of the second is stopped, and do it again to the bit', async () => {
    const start = (): Training => new Training(engine, createLearner(engine, config), config)
    const after = async (training: Training, goesOn: () => boolean): Promise<boolean> =>
      training.prepare(placeOf(config, 2), () => Promise.resolve(goesOn()))
    const straight = start()
    straight.accumulate(viewsAt(config, 0), placeOf(config, 0))
    straight.finishStep(0.02)
    const saved = structuredClone(straight.stateDict())
    const isEqual = (a: StateDict, b: StateDict): boolean =>
      [...a].every(([name, { data }]) =>
        Buffer.from(data.slice().buffer).equals(Buffer.from(b.get(name)!.data.slice().buffer)),
      )
    let pieces = 0
    const counted = start()
    counted.loadState(saved)
    expect(await after(counted, () => (++pieces, true))).toBe(true)
    const clustered = counted.stateDict()
    for (const place of [0, 1]) {
      expect(clustered.get(`parts.${place}.clusters.figures`)!.data[0]).toBe(1)
    }
    for (const stopAt of [1, pieces - 1, pieces]) {
      let asked = 0
      expect(await after(straight, () => ++asked < stopAt)).toBe(false)
      expect(isEqual(straight.stateDict(), saved)).toBe(true)
    }
    expect(await after(straight, () => true)).toBe(true)
    expect(isEqual(straight.stateDict(), clustered)).toBe(true)
    expect(isEqual(saved, clustered)).toBe(false)
    straight.dispose()
    counted.dispose()
  })
})

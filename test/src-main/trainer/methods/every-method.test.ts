// @module-tag tensorflow
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { drawAnswers } from '#main/trainer/loader/answers.ts'
import { createLearner, learnerSize } from '#main/trainer/methods/index.ts'
import type { MadePictures } from '#main/trainer/methods/learner.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'
import { Training, type Metrics } from '#main/trainer/training/training.ts'
import { learningRate } from '#main/trainer/optimisers/schedule.ts'
import { presetOf } from '#shared/config/presets.ts'
import { metricsOf } from '#shared/metrics/catalogue.ts'
import { completeConfig, settingsOf } from '#shared/config/pretrain-config.ts'
import { ENCODERS, encoders, type EncoderName } from '#shared/encoders/index.ts'
import type { EncoderDescriptor } from '#shared/encoders/encoder.ts'
import { METHODS, methodNamed, pictureRowsOf, viewsOf } from '#shared/methods/index.ts'
import type { AnyConfig, Values } from '#shared/methods/method.ts'
import { drawn } from '#shared/random/drawn.ts'
import { Rng } from '#shared/random/rng.ts'
import { hashes } from '../state-hashes.ts'

vi.setConfig({ testTimeout: 120_000 })

const BATCH = 4
const STEPS = 4
const TINY: Values = {
  frames: 2,
  size: 16,
  batch: BATCH,
  precision: 'float32',
  epochs: 4,
  lr: 0.02,
}

/** Encoders that a test can afford to train with every method. */
const NARROW = ENCODERS.filter((model) => model.endsWith('_narrow'))

/** The method as it trains on the sample set, on tiny clips. */
function configOf(method: (typeof METHODS)[number], changes: Values = {}): AnyConfig {
  const { values } = presetOf({ recipe: 'sample', method, merge: 'none', size: 'cpu' })
  const own = 'queue' in settingsOf(method) ? { queue: 8 * BATCH } : {}
  return completeConfig({
    ...values,
    ...TINY,
    ...cubes({ ...values, ...changes }),
    ...enoughFrames(method),
    ...own,
    ...changes,
  })
}

/** Two cubes along each axis for a transformer; the smallest clips of others that have such. */
function cubes({ model }: Values): Values {
  const found = Object.entries<EncoderDescriptor>(encoders).find(([name]) => name === model)
  const { cube, least } = found?.[1] ?? {}
  if (!cube && least) return { frames: least.frames, size: least.size }
  return cube ? { frames: 2 * cube.frames, size: 2 * cube.size } : {}
}

/** Methods that cut a clip in time need more than two frames. */
function enoughFrames(method: (typeof METHODS)[number]): Values {
  const config = completeConfig({ method })
  return /^frames is/.test(methodNamed(method).fault({ ...config, frames: 2 }) ?? '')
    ? { frames: 4 }
    : {}
}

/** Two steps an epoch. */
function placeOf(config: AnyConfig, step: number) {
  const answers = drawAnswers(config, new Rng(200 + step))
  return { step, steps: STEPS, batch: step, epoch: Math.floor(step / 2), answers }
}

/** Noisy copies of the same noise, one for each view; another noise in each step. */
function viewsAt(config: AnyConfig, step: number): Float32Array[] {
  const rng = new Rng(100 + step)
  const length = BATCH * config.frames * config.size ** 2 * 3
  const x = drawn(length, () => rng.normal())
  return viewsOf(config).map(() => x.map((value) => value + 0.3 * rng.normal()))
}

async function train(
  training: Training,
  config: AnyConfig,
  from: number,
  to: number,
): Promise<Metrics[]> {
  const steps: Metrics[] = []
  for (let step = from; step < to; step++) {
    const place = placeOf(config, step)
    expect(await training.prepare(place, () => Promise.resolve(true))).toBe(true)
    steps.push(training.accumulate(viewsAt(config, step), place))
    training.finishStep(learningRate(config, step, STEPS), config.lr)
  }
  return steps
}

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

describe.each(METHODS)('%s', (method) => {
  const config = configOf(method)
  const start = (own = config): Training => new Training(engine, createLearner(engine, own), own)

  it('measures finite numbers, each of them a metric of its descriptor', async () => {
    const training = start()
    const { phases } = methodNamed(method)
    const [metrics] = await train(training, config, 0, 1)
    const described = metricsOf(config)
    const [measured, all] = [metrics, described].map((of) => Object.keys(of).sort())
    const early = all.filter((name) => !described[name].isMeasuredLate)
    // A method with phases may measure more in those that come later.
    if (phases) expect(all).toEqual(expect.arrayContaining(measured))
    else expect(measured).toEqual(early)
    for (const value of Object.values(metrics)) expect(value).toSatisfy(Number.isFinite)
    training.dispose()
  })

  // AdamW goes as far as SGD, since its moments change with each step; LARS passes the border of an epoch.
  it.each([
    ['sgd', 2, STEPS],
    ['lars', 1, 3],
    ['adamw', 2, STEPS],
  ] as const)('resumes to the bit with %s', async (optimiser, at, end) => {
    const own = configOf(method, { optimiser })
    const straight = start(own)
    await train(straight, own, 0, at)
    const saved = structuredClone(straight.stateDict())
    const rest = await train(straight, own, at, end)
    // Other weights at first.
    const resumed = start(own)
    await train(resumed, own, 3, 4)
    resumed.loadState(saved)
    expect(await train(resumed, own, at, end)).toEqual(rest)
    expect(hashes(resumed.stateDict())).toEqual(hashes(straight.stateDict()))
    straight.dispose()
    resumed.dispose()
  })

  it('makes the pictures that its descriptor names, and changes nothing by that', async () => {
    const watched = start()
    const unwatched = start()
    for (const training of [watched, unwatched]) await train(training, config, 0, 1)
    const { learner } = watched
    const rows = pictureRowsOf(config).map(({ name }) => name)
    expect(learner.pictures === undefined).toBe(rows.length === 0)
    const make = (): MadePictures | undefined =>
      engine.scope(() => learner.pictures?.(viewsAt(config, 0), placeOf(config, 0), 2))
    make() // The engine keeps the constants that it makes here.
    const tensors = engine.tensorCount
    const made = make()
    expect(engine.tensorCount).toBe(tensors)
    expect([...(made?.rows.keys() ?? [])]).toEqual(rows)
    for (const { data, shape } of made?.rows.values() ?? []) {
      expect(shape[0]).toBe(2)
      expect(data).toHaveLength(shape.reduce((product, n) => product * n, 1))
      expect(data.every((value) => value >= 0 && value <= 1)).toBe(true)
    }
    expect(make()).toEqual(made)
    // One more step shows what it draws, and the states hold all else that the pictures might change.
    expect(await train(watched, config, 1, 2)).toEqual(await train(unwatched, config, 1, 2))
    expect(hashes(watched.stateDict())).toEqual(hashes(unwatched.stateDict()))
    watched.dispose()
    unwatched.dispose()
  })

  it('frees every tensor of its steps, and all of its own when disposed', async () => {
    const round = async (): Promise<void> => {
      const training = start()
      await train(training, config, 0, 2)
      const after = engine.tensorCount
      await train(training, config, 2, STEPS)
      expect(engine.tensorCount).toBe(after)
      training.dispose()
    }
    await round() // The engine keeps the constants that it makes here.
    const before = engine.tensorCount
    await round()
    expect(engine.tensorCount).toBe(before)
  })

  it('holds as many values as its size says', () => {
    const learner = createLearner(engine, config)
    const count = (state: StateDict): number =>
      [...state.values()].reduce((sum, { data }) => sum + data.length, 0)
    expect(count(learner.stateDict())).toBe(learnerSize(config).state)
    const trained = [...learner.trained.values()].reduce((sum, { size }) => sum + size, 0)
    expect(trained).toBe(learnerSize(config).trained)
    learner.dispose()
  })

  it('takes as many clips of a video as its settings say', async () => {
    const most = 'rho' in settingsOf(method) ? 4 : viewsOf(config).length
    const own = 'rho' in settingsOf(method) ? configOf(method, { rho: most }) : config
    expect(viewsOf(own)).toHaveLength(most)
    expect(new Set(viewsOf(own).map(({ name }) => name)).size).toBe(most)
    const training = start(own)
    const losses = (await train(training, own, 0, 2)).map(({ loss }) => loss)
    for (const loss of losses) expect(loss).toSatisfy(Number.isFinite)
    training.dispose()
  })

  const clipsFor = (model: EncoderName): Values => {
    return { model, frames: Math.max(8, encoders[model].least?.frames ?? 0), size: 32 }
  }
  const fitting = NARROW.filter(
    (model) => methodNamed(method).fault({ ...config, ...clipsFor(model) }) === null,
  )
  it.each(fitting)('trains %s', async (model) => {
    const own = configOf(method, clipsFor(model))
    const training = start(own)
    const [{ loss }] = await train(training, own, 0, 1)
    expect(loss).toSatisfy(Number.isFinite)
    training.dispose()
  })

  it('brings the clips of a video together', () => {
    const { queue } = config
    const lr = config.optimiser === 'adamw' ? 1e-3 : 0.03
    const own = configOf(method, { lr, ...(queue !== undefined && { queue: 4 * BATCH }) })
    const training = start(own)
    // A queue holds the clips of four batches: those of a video come again after six. With fewer, a
    // loss that rises at first may fall in the end even where the steps go up the gradient.
    const batches = queue === undefined ? 1 : 6
    const losses = Array.from({ length: 12 * batches }, (_, step) => {
      const answers = drawAnswers(own, new Rng(step % batches))
      const place = { step, steps: 100, batch: step, epoch: Math.floor(step / batches), answers }
      const { loss } = training.accumulate(viewsAt(own, step % batches), place)
      training.finishStep(lr)
      return loss
    })
    const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length
    const third = losses.length / 3
    // A queue of keys rises first, until it is full of keys that are hard to tell apart.
    expect(mean(losses.slice(-third))).toBeLessThan(mean(losses.slice(third / 2, 1.5 * third)))
    training.dispose()
  })
})

// @module-tag tensorflow
import { beforeAll, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { createLearner, learnerSize } from '#main/trainer/methods/index.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { viewsOf } from '#shared/methods/index.ts'
import { Rng } from '#shared/random/rng.ts'

const PLACE = { step: 0, steps: 1, batch: 0, epoch: 0 }
const [MOTION, APPEARANCE] = ['motionLoss', 'appearanceLoss']

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

it.each([
  ['both', 'classes', [MOTION, APPEARANCE]],
  ['motion', 'indices', [MOTION]],
  ['motion', 'classes', [MOTION]],
  ['appearance', 'indices', [APPEARANCE]],
])('learns %s as %s', (statistics, statisticsAs, losses) => {
  const tiny = { model: 'r2plus1d_narrow', frames: 4, size: 16, batch: 2, precision: 'float32' }
  const config = completeConfig({ method: 'statistics', ...tiny, statistics, statisticsAs })
  const rng = new Rng(6)
  const views = viewsOf(config).map(() =>
    Float32Array.from({ length: 2 * 4 * 16 * 16 * 3 }, () => rng.normal()),
  )
  const learner = createLearner(engine, config)
  const values = [...learner.stateDict().values()].map(({ data }) => data.length)
  expect(values.reduce((a, b) => a + b, 0)).toBe(learnerSize(config).state)
  engine.scope(() => {
    const { gradients, metrics } = learner.learn(views, PLACE)
    expect([...gradients.keys()]).toEqual(['encoder', 'head'])
    expect([...metrics.keys()].sort()).toEqual(['loss', ...losses, 'pretext', 'chance'].sort())
    const value = (name: string): number => engine.read(metrics.get(name)!)[0]
    const weights = losses.length === 2 ? [1, 0.1] : [1]
    const sum = losses.reduce((total, name, i) => total + weights[i] * value(name), 0)
    expect(value('loss')).toBeCloseTo(sum, 4)
  })
  learner.dispose()
})

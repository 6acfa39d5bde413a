// @module-tag tensorflow
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { createLearner } from '#main/trainer/methods/index.ts'
import { Training } from '#main/trainer/training/training.ts'
import { presetOf } from '#shared/config/presets.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import type { Values } from '#shared/methods/method.ts'
import { complaintsOf, HEALTH_SMOOTHING, judge } from '#shared/metrics/health.ts'
import { checksOfRun } from '#shared/metrics/run-health.ts'
import { follow } from '#shared/metrics/series.ts'
import { Rng } from '#shared/random/rng.ts'
import { placeOf } from '../method-defaults.ts'

vi.setConfig({ testTimeout: 300_000 })

const BATCH = 8
const STEPS = 40
const METHOD = 'simsiam'

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

/** What the run's page would say after some steps on clips of noise. */
function complaintsAfter(changes: Values): string[] {
  const { values } = presetOf({ recipe: 'sample', method: METHOD, merge: 'none', size: 'cpu' })
  const tiny = { frames: 2, size: 16, batch: BATCH, precision: 'float32', lr: 0.05 }
  const config = completeConfig({ ...values, ...tiny, ...changes })
  const training = new Training(engine, createLearner(engine, config), config)
  const rng = new Rng(8)
  const spread = { average: 0, total: 0 }
  let mean = NaN
  for (let step = 0; step < STEPS; step++) {
    const length = BATCH * config.frames * config.size ** 2 * 3
    const x = Float32Array.from({ length }, () => rng.normal())
    const views = [0, 1].map(() => x.map((value) => value + 0.3 * rng.normal()))
    const metrics = training.accumulate(views, placeOf(step))
    training.finishStep(config.lr)
    mean = follow(spread, metrics.spread, HEALTH_SMOOTHING)
  }
  training.dispose()
  const checks = checksOfRun({ config, totalSteps: STEPS })
  return complaintsOf(judge(checks, new Map([['spread', { step: STEPS, value: mean, mean }]])))
}

describe('a run without negatives', () => {
  it('collapses without predictor, stop gradient and batch norm in its head, and that is told', () => {
    const ill = { predictor: false, stopGradient: false, headNorm: 'none', lr: 0.2 }
    expect(complaintsAfter(ill)).toEqual([expect.stringContaining('collapsed')])
  })

  it('is well with all three', () => {
    expect(complaintsAfter({})).toEqual([])
  })
})

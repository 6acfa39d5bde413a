// @module-tag tensorflow
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { createLearner } from '#main/trainer/methods/index.ts'
import type { BatchPlace, Learner } from '#main/trainer/methods/learner.ts'
import { Training } from '#main/trainer/training/training.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { viewsOf } from '#shared/methods/index.ts'
import type { AnyConfig, Values } from '#shared/methods/method.ts'
import { Rng } from '#shared/random/rng.ts'

const BATCH = 4
const TINY: Values = {
  model: 'r2plus1d_narrow',
  projectionSize: 16,
  hiddenSize: 32,
  frames: 2,
  size: 16,
  batch: BATCH,
  precision: 'float32',
}

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

function start(values: Values): { training: Training; config: AnyConfig } {
  const config = completeConfig({ ...TINY, ...values })
  return { training: new Training(engine, createLearner(engine, config), config), config }
}

function viewsAt(config: AnyConfig, step: number): Float32Array[] {
  const rng = new Rng(100 + step)
  const length = BATCH * config.frames * config.size ** 2 * 3
  return viewsOf(config).map(() => Float32Array.from({ length }, () => rng.normal()))
}

/** One step of one micro-batch; two steps make an epoch. */
function stepOn({ training, config }: ReturnType<typeof start>, step: number) {
  const at: BatchPlace = { step, steps: 20, batch: step, epoch: Math.floor(step / 2) }
  training.accumulate(viewsAt(config, step), at)
  return training.finishStep(0.05, 0.05)
}

function thetaOf(learner: Learner, network: string): number[] {
  return engine.scope(() => [...engine.read(learner.trained.get(network)!.theta)])
}

function columnLengths(values: readonly number[], columns: number): number[] {
  const rows = values.length / columns
  return Array.from({ length: columns }, (_, k) =>
    Math.hypot(...Array.from({ length: rows }, (_, d) => values[d * columns + k])),
  )
}

describe('a queue that is waited for', () => {
  it('moves no weight before it is full of keys, and says so', () => {
    // Each step enqueues 8 keys: the queue of 24 is full before the fourth step.
    const run = start({ method: 'moco', queue: 24, waitForQueue: true })
    const before = thetaOf(run.training.learner, 'encoder')
    for (const step of [0, 1, 2]) {
      const { norm, skipped } = stepOn(run, step)
      expect([norm, skipped]).toEqual([null, 'the queue is not full of keys yet'])
    }
    expect(thetaOf(run.training.learner, 'encoder')).toEqual(before)
    expect(stepOn(run, 3).norm).toBeGreaterThan(0)
    expect(thetaOf(run.training.learner, 'encoder')).not.toEqual(before)
    run.training.dispose()
  })

  it('takes longer where only the first clip of a video is query', () => {
    const values = { method: 'moco', queue: 8, waitForQueue: true, symmetric: false }
    const run = start(values)
    expect([0, 1, 2].map((step) => stepOn(run, step).skipped !== null)).toEqual([true, true, false])
    run.training.dispose()
  })
})

describe('keys of several clips', () => {
  it('are enqueued together at the end of a step', () => {
    const run = start({ method: 'moco', rho: 3, queue: 16 })
    const before = run.training.stateDict().get('queue')!.data
    stepOn(run, 0)
    const state = run.training.stateDict()
    expect(state.get('pointer')!.data[0]).toBe(12)
    const after = state.get('queue')!.data
    const changed = Array.from({ length: 16 }, (_, j) => after[j] !== before[j])
    expect(changed).toEqual(Array.from({ length: 16 }, (_, j) => j < 12))
    run.training.dispose()
  })
})

describe('prototypes', () => {
  const K = 12
  const values = { method: 'swav', prototypes: K, frozenEpochs: 1 }

  it('stay for the first epoch and then move', () => {
    const run = start(values)
    stepOn(run, 0)
    const first = thetaOf(run.training.learner, 'prototypes')
    stepOn(run, 1)
    const unit = thetaOf(run.training.learner, 'prototypes')
    unit.forEach((value, i) => expect(value).toBeCloseTo(first[i], 5))
    stepOn(run, 2)
    expect(thetaOf(run.training.learner, 'prototypes')).not.toEqual(unit)
    run.training.dispose()
  })

  it('have unit length at the beginning of every step', () => {
    const run = start(values)
    for (const step of [0, 1, 2, 3]) stepOn(run, step)
    const { learner } = run.training
    learner.begin({ step: 4, steps: 20, batch: 4, epoch: 2 })
    for (const length of columnLengths(thetaOf(learner, 'prototypes'), K)) {
      expect(length).toBeCloseTo(1, 5)
    }
    run.training.dispose()
  })

  it('are balanced over a queue of earlier clips, once it is full and its epoch has come', () => {
    // The same step with and without: the queue of 8 clips a view is full before the third step.
    const lossOf = (codeQueueFrom: number): number[] => {
      const run = start({ ...values, codeQueue: 8, codeQueueFrom })
      const losses = [0, 1, 2].map((step) => {
        const at = { step, steps: 20, batch: step, epoch: Math.floor(step / 2) }
        const { loss } = run.training.accumulate(viewsAt(run.config, step), at)
        run.training.finishStep(0.05)
        return loss
      })
      run.training.dispose()
      return losses
    }
    const [off, on] = [lossOf(5), lossOf(1)]
    expect(on.slice(0, 2)).toEqual(off.slice(0, 2))
    expect(on[2]).not.toBe(off[2])
  })
})

describe('a predictor with a rate of its own', () => {
  it('keeps it, while the others follow the schedule', () => {
    const moves = [true, false].map((constantPredictorRate) => {
      const run = start({ method: 'simsiam', predictorSize: 8, constantPredictorRate })
      const { training, config } = run
      const before = thetaOf(training.learner, 'predictor')
      training.accumulate(viewsAt(config, 0), { step: 0, steps: 20, batch: 0, epoch: 0 })
      training.finishStep(0, 0.05)
      const after = thetaOf(training.learner, 'predictor')
      training.dispose()
      return after.some((value, i) => value !== before[i])
    })
    expect(moves).toEqual([true, false])
  })
})

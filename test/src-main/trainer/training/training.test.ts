// @module-tag tensorflow
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadNewestCheckpoint, saveCheckpoint } from '#main/trainer/checkpoint/checkpoints.ts'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { raw } from '#main/trainer/engine/raw.ts'
import type { Learner } from '#main/trainer/methods/learner.ts'
import { Moco, type MocoConfig } from '#main/trainer/methods/moco.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'
import { Training, type Metrics, type TrainingConfig } from '#main/trainer/training/training.ts'
import { Rng } from '#shared/random/rng.ts'
import { getsBfloat16, rounding, type Format } from '../arithmetic.ts'
import { mocoSettings } from '#shared/methods/moco.ts'
import { relativeError } from '../golden-networks.ts'
import { defaultsOf, placeOf as at } from '../method-defaults.ts'
import { hashes, hashOf } from '../state-hashes.ts'

const BATCH = 4
const config: MocoConfig & TrainingConfig = {
  ...defaultsOf(mocoSettings),
  model: 'r2plus1d_narrow',
  projectionSize: 16,
  frames: 4,
  size: 16,
  queue: 8,
  temperature: 0.1,
  keyMomentum: 0.9,
  keyMomentumSchedule: 'constant',
  optimiser: 'sgd',
  momentum: 0.9,
  weightDecay: 1e-4,
  decayVectors: true,
  clipNorm: 0,
  seed: 5,
  shuffleBN: false,
  headStart: 'uniform',
}

/** Two views of the same noise, different for each step. */
function views(step: number): [Float32Array, Float32Array] {
  const rng = new Rng(100 + step)
  const length = BATCH * config.frames * config.size * config.size * 3
  const x = Float32Array.from({ length }, () => rng.normal())
  return [x, x.map((value) => value + 0.1 * rng.normal())]
}

function startTraining(engine: Engine, changes: Partial<typeof config> = {}): Training {
  const whole = { ...config, ...changes }
  return new Training(engine, new Moco(engine, whole), whole)
}

function stepOn(training: Training, clips: [Float32Array, Float32Array], step: number): Metrics {
  const metrics = training.accumulate(clips, at(step))
  training.finishStep(0.05)
  return metrics
}

function train(training: Training, from: number, to: number): Metrics[] {
  return Array.from({ length: to - from }, (_, i) => stepOn(training, views(from + i), from + i))
}

function normOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
}

/** Trained parameters of encoder and head, [P]. */
function weightsOf({ learner }: Training): Float32Array {
  return weightsOfAll(learner)
}

function weightsOfAll(learner: Learner): Float32Array {
  const parts = [...learner.trained.values()].map(({ engine, theta }) =>
    engine.scope(() => engine.read(theta).slice()),
  )
  return Float32Array.from(parts.flatMap((part) => [...part]))
}

/** The names that version 0.1 gave the entries of such a run's checkpoint. */
function withOldNames(state: StateDict): StateDict {
  const old = [...state].map(([name, entry]) => {
    const older = name
      .replace(/^ema\./, 'key.')
      .replace(/^(encoder|head)\./, 'query.$1.')
      .replace(/^(\w+)\.encoder\./, '$1.')
      .replace(/^(\w+)\.head\./, '$1.fc.')
    return [older, entry] as const
  })
  return new Map(old.filter(([name]) => !name.startsWith('optimiser_steps')))
}

describe('training MoCo in float32', () => trainsIn('float32'))
describe.runIf(getsBfloat16)('training MoCo in bfloat16', () => trainsIn('bfloat16'))

function trainsIn(precision: Format): void {
  let engine: Engine
  beforeAll(async () => {
    engine = await loadEngine(precision)
  })

  it('does the same steps bit for bit from the same seed and clips', () => {
    const runs = [0, 1].map(() => {
      const training = startTraining(engine)
      const results = train(training, 0, 3)
      const state = training.stateDict()
      training.dispose()
      return { results, state: hashes(state) }
    })
    expect(runs[0].results.every(({ loss }) => Number.isFinite(loss))).toBe(true)
    expect(runs[1]).toEqual(runs[0])
  })

  it('steps with the mean gradient of accumulated batches, clipped', () => {
    const batches = [views(0), views(1)] as const
    const clipNorm = 0.01
    const taken = startTraining(engine, { clipNorm, weightDecay: 0, momentum: 0 })
    const before = weightsOf(taken)
    const results = batches.map((pair, batch) => taken.accumulate(pair, { ...at(0), batch }))
    const { norm } = taken.finishStep(0.5)

    const byHand = new Moco(engine, config)
    const gradients = engine.scope(() => {
      byHand.begin(at(0))
      return batches.map((pair) => {
        const parts = [...byHand.learn(pair, at(0)).gradients.values()]
        return Float32Array.from(parts.flatMap((part) => [...engine.read(part)]))
      })
    })
    const mean = gradients[0].map((value, i) => (value + gradients[1][i]) / 2)
    const length = normOf(mean)
    expect(norm! / length).toBeCloseTo(1, 4)
    expect(length).toBeGreaterThan(clipNorm)
    const after = weightsOf(taken)
    const moved = before.map((value, i) => (value - after[i]) / 0.5)
    expect(normOf(moved) / clipNorm).toBeCloseTo(1, 2)
    const along = moved.reduce((sum, value, i) => sum + value * mean[i], 0)
    expect(along / (normOf(moved) * length)).toBeCloseTo(1, 4)
    expect(results[1].loss).not.toBe(results[0].loss)
    taken.dispose()
    byHand.dispose()
  })

  it('is plain gradient descent where nothing else is asked for', () => {
    const plain = startTraining(engine, { clipNorm: 0, momentum: 0, weightDecay: 0 })
    const byHand = new Moco(engine, config)
    stepOn(plain, views(0), 0)
    engine.scope(() => {
      byHand.begin(at(0))
      byHand.learn(views(0), at(0)).gradients.forEach((gradient, network) => {
        const weights = byHand.trained.get(network)!
        const change = raw.scale(engine, gradient, 0.05)
        weights.theta = raw.subtract(engine, weights.theta, change)
      })
    })
    expect(relativeError(weightsOf(plain), weightsOfAll(byHand))).toBeLessThan(1e-6)
    plain.dispose()
    byHand.dispose()
  })

  it('leaves the weights alone where the gradient is not finite', () => {
    const training = startTraining(engine)
    const before = hashOf(weightsOf(training))
    const [query, key] = views(0)
    query[5] = Infinity
    training.accumulate([query, key], at(0))
    expect(training.finishStep(0.1).norm).toBeNaN()
    expect(hashOf(weightsOf(training))).toBe(before)
    training.dispose()
  })

  it.each(['sgd', 'lars', 'adam', 'adamw'] as const)(
    'goes on from a saved state as if it had never stopped, with %s',
    (optimiser) => {
      const straight = startTraining(engine, { optimiser })
      train(straight, 0, 2)
      const saved = structuredClone(straight.stateDict())
      const rest = train(straight, 2, 4)

      const resumed = startTraining(engine, { optimiser, seed: 77 })
      resumed.loadState(saved)
      expect(train(resumed, 2, 4)).toEqual(rest)
      expect(hashes(resumed.stateDict())).toEqual(hashes(straight.stateDict()))
      straight.dispose()
      resumed.dispose()
    },
  )

  it('goes on from a checkpoint of version 0.1 as from its own', () => {
    const straight = startTraining(engine)
    train(straight, 0, 2)
    const folder = mkdtempSync(join(tmpdir(), 'fame-test-'))
    try {
      const tensors = withOldNames(straight.stateDict())
      saveCheckpoint(folder, 2, { tensors, metadata: {} })
      const resumed = startTraining(engine, { seed: 77 })
      resumed.loadState(loadNewestCheckpoint(folder)!.tensors)
      expect(train(resumed, 2, 4)).toEqual(train(straight, 2, 4))
      straight.dispose()
      resumed.dispose()
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('frees every tensor of a step, and all of its own when disposed', () => {
    const before = engine.tensorCount
    const training = startTraining(engine)
    train(training, 0, 4)
    const after = engine.tensorCount
    // The queue is full after two steps, and begins again every other.
    train(training, 4, 12)
    expect(engine.tensorCount).toBe(after)
    training.dispose()

    const again = startTraining(engine)
    train(again, 0, 4)
    again.dispose()
    // Constants stay, once made.
    expect(engine.tensorCount).toBeLessThan(after)
    const constants = engine.tensorCount - before
    const third = startTraining(engine)
    train(third, 0, 4)
    third.dispose()
    expect(engine.tensorCount - before).toBe(constants)
  })

  it('learns to tell the clips of a fixed batch apart', () => {
    const training = startTraining(engine, { queue: 32, keyMomentum: 0.99 })
    const pair = views(0)
    const losses = Array.from({ length: 40 }, (_, step) => stepOn(training, pair, step).loss)
    const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length
    // Once the queue holds nothing but keys of this batch, until the end.
    expect(mean(losses.slice(-5))).toBeLessThan(mean(losses.slice(5, 10)))
    training.dispose()
  })

  it('gives features that do not depend on the rest of the batch', () => {
    const training = startTraining(engine)
    train(training, 0, 2)
    const { encoder } = training.learner
    const [x] = views(9)
    const { frames, size } = config
    const one = x.length / BATCH
    const all = encoder.forwardFeatures({ data: x, shape: [BATCH, frames, size, size, 3] })
    const alone = encoder.forwardFeatures({
      data: x.slice(0, one),
      shape: [1, frames, size, size, 3],
    })
    const { featureSize } = encoder
    expect(alone).toHaveLength(featureSize)
    // A library may choose another way to convolve one clip than four. Each of the 19 convolutions
    // and of the normalisations after them then differs by a rounding, independently of the others.
    const roundings = 2 * 19
    expect(relativeError(alone, all.subarray(0, featureSize))).toBeLessThan(
      4 * Math.sqrt(roundings) * rounding[precision],
    )
    training.dispose()
  })

  it('refuses a state of another queue and keeps its own', () => {
    const training = startTraining(engine)
    const other = startTraining(engine, { queue: 16 })
    const before = hashes(training.stateDict())
    expect(() => training.loadState(other.stateDict())).toThrow(/16x8.*it was saved/)
    expect(hashes(training.stateDict())).toEqual(before)
    training.dispose()
    other.dispose()
  })
}

// @module-tag tensorflow
import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { Moco, type MocoConfig } from '#main/trainer/methods/moco.ts'
import type { StepResult } from '#main/trainer/methods/step-result.ts'
import type { StateDict } from '#main/trainer/models/weights.ts'
import { Rng } from '#shared/random/rng.ts'
import { getsBfloat16, rounding, type Format } from '../arithmetic.ts'
import { relativeError } from '../golden-networks.ts'

const BATCH = 4
const config: MocoConfig = {
  model: 'r2plus1d_narrow',
  projectionSize: 16,
  frames: 4,
  size: 16,
  queue: 8,
  temperature: 0.1,
  keyMomentum: 0.9,
  momentum: 0.9,
  weightDecay: 1e-4,
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

function train(moco: Moco, from: number, to: number): StepResult[] {
  return Array.from({ length: to - from }, (_, i) => moco.step(...views(from + i), 0.05))
}

function normOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
}

/** Trained parameters, [P]. */
function weightsOf({ encoder }: Moco): Float32Array {
  const { engine, theta } = encoder.weights
  return engine.scope(() => engine.read(theta).slice())
}

/** A hash of the bytes of every entry. */
function hashes(state: StateDict): [string, string][] {
  return [...state].map(([name, { data }]) => {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    return [name, createHash('sha256').update(bytes).digest('hex')]
  })
}

describe('MoCo in float32', () => stepsAsMoco('float32'))
describe.runIf(getsBfloat16)('MoCo in bfloat16', () => stepsAsMoco('bfloat16'))

function stepsAsMoco(precision: Format): void {
  let engine: Engine
  beforeAll(async () => {
    engine = await loadEngine(precision)
  })

  it('does the same steps bit for bit from the same seed and clips', () => {
    const runs = [0, 1].map(() => {
      const moco = new Moco(engine, config)
      const results = train(moco, 0, 3)
      const state = moco.stateDict()
      moco.dispose()
      return { results, state: hashes(state) }
    })
    expect(runs[0].results.every(({ loss }) => Number.isFinite(loss))).toBe(true)
    expect(runs[1]).toEqual(runs[0])
  })

  it('steps with the mean gradient of accumulated batches, clipped', () => {
    const batches = [views(0), views(1)] as const
    const clipNorm = 0.01
    const taken = new Moco(engine, { ...config, clipNorm, weightDecay: 0, momentum: 0 })
    const before = weightsOf(taken)
    const results = batches.map(([q, k]) => taken.accumulate(q, k))
    const norm = taken.finishStep(0.5)

    const byHand = new Moco(engine, config)
    const gradients = engine.scope(() => {
      byHand.followQuery()
      const shape = [BATCH, config.frames, config.size, config.size, 3]
      return batches.map((pair) => {
        const [x1, x2] = pair.map((x) => engine.tensor(x, shape))
        return engine.read(byHand.contrast(x1, x2).gradient).slice()
      })
    })
    const mean = gradients[0].map((value, i) => (value + gradients[1][i]) / 2)
    const length = normOf(mean)
    expect(norm / length).toBeCloseTo(1, 4)
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

  it('is the plain step of MoCo, bit for bit, where nothing else is asked for', () => {
    const plain = new Moco(engine, { ...config, clipNorm: 0 })
    const byHand = new Moco(engine, config)
    for (const step of [0, 1]) {
      const [query, key] = views(step)
      plain.accumulate(query, key)
      plain.finishStep(0.05)
      engine.scope(() => {
        const shape = [BATCH, config.frames, config.size, config.size, 3]
        byHand.followQuery()
        const { gradient } = byHand.contrast(engine.tensor(query, shape), engine.tensor(key, shape))
        byHand.update(gradient, 0.05)
      })
    }
    expect(hashes(plain.stateDict())).toEqual(hashes(byHand.stateDict()))
    plain.dispose()
    byHand.dispose()
  })

  it('leaves the weights alone where the gradient is not finite', () => {
    const moco = new Moco(engine, config)
    const before = weightsOf(moco)
    const [query, key] = views(0)
    query[5] = Infinity
    moco.accumulate(query, key)
    expect(moco.finishStep(0.1)).toBeNaN()
    expect(weightsOf(moco)).toEqual(before)
    moco.dispose()
  })

  it('goes on from a saved state as if it had never stopped', () => {
    const straight = new Moco(engine, config)
    train(straight, 0, 2)
    const saved = structuredClone(straight.stateDict())
    const rest = train(straight, 2, 4)

    const resumed = new Moco(engine, { ...config, seed: 77 })
    resumed.loadState(saved)
    expect(train(resumed, 2, 4)).toEqual(rest)
    expect(hashes(resumed.stateDict())).toEqual(hashes(straight.stateDict()))
    straight.dispose()
    resumed.dispose()
  })

  it('frees every tensor of a step, and all of its own when disposed', () => {
    const before = engine.tensorCount
    const moco = new Moco(engine, config)
    train(moco, 0, 4)
    const after = engine.tensorCount
    train(moco, 4, 54)
    expect(engine.tensorCount).toBe(after)
    moco.dispose()

    const again = new Moco(engine, config)
    train(again, 0, 4)
    again.dispose()
    // Constants stay, once made.
    expect(engine.tensorCount).toBeLessThan(after)
    const constants = engine.tensorCount - before
    const third = new Moco(engine, config)
    train(third, 0, 4)
    third.dispose()
    expect(engine.tensorCount - before).toBe(constants)
  })

  it('learns to tell the clips of a fixed batch apart', () => {
    const moco = new Moco(engine, { ...config, queue: 32, keyMomentum: 0.99 })
    const [x1, x2] = views(0)
    const losses = Array.from({ length: 40 }, () => moco.step(x1, x2, 0.05).loss)
    const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length
    // Once the queue holds nothing but keys of this batch, until the end.
    expect(mean(losses.slice(-5))).toBeLessThan(mean(losses.slice(5, 10)))
    moco.dispose()
  })

  it('gives features that do not depend on the rest of the batch', () => {
    const moco = new Moco(engine, config)
    train(moco, 0, 2)
    const [x] = views(9)
    const { frames, size } = config
    const one = x.length / BATCH
    const all = moco.encoder.forwardFeatures({ data: x, shape: [BATCH, frames, size, size, 3] })
    const alone = moco.encoder.forwardFeatures({
      data: x.slice(0, one),
      shape: [1, frames, size, size, 3],
    })
    const { featureSize } = moco.encoder
    expect(alone).toHaveLength(featureSize)
    // A library may choose another way to convolve one clip than four. Each of the 19 convolutions
    // and of the normalisations after them then differs by a rounding, independently of the others.
    const roundings = 2 * 19
    expect(relativeError(alone, all.subarray(0, featureSize))).toBeLessThan(
      4 * Math.sqrt(roundings) * rounding[precision],
    )
    moco.dispose()
  })

  it('refuses a state of another queue and keeps its own', () => {
    const moco = new Moco(engine, config)
    const other = new Moco(engine, { ...config, queue: 16 })
    const before = hashes(moco.stateDict())
    expect(() => moco.loadState(other.stateDict())).toThrow(/16x8.*saved with/)
    expect(hashes(moco.stateDict())).toEqual(before)
    moco.dispose()
    other.dispose()
  })
}

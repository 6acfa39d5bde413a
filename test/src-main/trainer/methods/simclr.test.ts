// @module-tag tensorflow
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { createLearner, learnerSize } from '#main/trainer/methods/index.ts'
import { Simclr, type SimclrConfig } from '#main/trainer/methods/simclr.ts'
import { Training } from '#main/trainer/training/training.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { simclrSettings } from '#shared/methods/simclr.ts'
import { Rng } from '#shared/random/rng.ts'
import { defaultsOf, placeOf } from '../method-defaults.ts'

const BATCH = 4
const config: SimclrConfig = {
  ...defaultsOf(simclrSettings),
  model: 'r2plus1d_narrow',
  projectionSize: 16,
  temperature: 0.2,
  frames: 4,
  size: 16,
  seed: 5,
}
const whole = completeConfig({ ...config, method: 'simclr', batch: BATCH, precision: 'float32' })

/** Two noisy views of the same noise. */
function views(seed: number): [Float32Array, Float32Array] {
  const rng = new Rng(seed)
  const length = BATCH * config.frames * config.size ** 2 * 3
  const x = Float32Array.from({ length }, () => rng.normal())
  return [x, x.map((value) => value + 0.3 * rng.normal())]
}

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

it('has the gradient that finite differences of its loss have, in float64', () => {
  const exact = engine.inDoublePrecision()
  const learner = new Simclr(exact, config)
  const clips = views(1)
  const lossOf = (): number =>
    exact.scope(() => exact.read(learner.learn(clips).metrics.get('loss')!)[0])
  const start = learner.stateDict()
  const gradients = exact.scope(() => {
    const { gradients: parts } = learner.learn(clips)
    return new Map([...parts].map(([network, part]) => [network, [...exact.read(part)]]))
  })
  for (const [network, { trained }] of learner.trained) {
    const gradient = gradients.get(network)!
    for (const place of [0, trained.length - 1]) {
      const before = trained.slice(0, place)
      const offset = before.reduce((sum, { inner }) => sum + sizeOf(inner), 0)
      const nudged = (by: number): number => {
        const copies = [...start].map(([name, entry]) => [
          name,
          { ...entry, data: entry.data.slice() },
        ])
        const state = new Map(copies as [string, { shape: number[]; data: Float32Array }][])
        state.get(`${network}.${trained[place].name}`)!.data[0] += by
        learner.loadState(state)
        return lossOf()
      }
      // A longer step in the first layer would switch ReLUs behind it.
      const h = network === 'encoder' && place === 0 ? 1e-5 : 1e-3
      const slope = (nudged(h) - nudged(-h)) / (2 * h)
      learner.loadState(start)
      expect(Math.abs(slope / gradient[offset] - 1)).toBeLessThan(0.02)
    }
  }
  learner.dispose()
})

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1)
}

describe('a training', () => {
  const start = (): Training => new Training(engine, createLearner(engine, whole), whole)
  const train = (training: Training, from: number, to: number): number[] =>
    Array.from({ length: to - from }, (_, i) => {
      const { loss } = training.accumulate(views(10), placeOf(from + i, 10))
      training.finishStep(0.05)
      return loss
    })

  it('learns to tell the videos of a fixed batch apart', () => {
    const training = start()
    const losses = train(training, 0, 12)
    expect(losses[0]).toBeLessThan(1.2 * Math.log(2 * BATCH - 1))
    expect(losses.at(-1)).toBeLessThan(0.8 * losses[0])
    training.dispose()
  })

  it('goes on from a saved state bit for bit, and leaves no tensor behind', () => {
    const before = engine.tensorCount
    const straight = start()
    train(straight, 0, 2)
    const saved = structuredClone(straight.stateDict())
    const rest = train(straight, 2, 4)
    const resumed = start()
    resumed.loadState(saved)
    expect(train(resumed, 2, 4)).toEqual(rest)
    straight.dispose()
    resumed.dispose()
    expect(engine.tensorCount).toBe(before)
  })

  it('holds as many values as its size says', () => {
    const learner = createLearner(engine, whole)
    const floats = [...learner.stateDict().values()].reduce((sum, { data }) => sum + data.length, 0)
    expect(learnerSize(whole).state).toBe(floats)
    learner.dispose()
  })
})

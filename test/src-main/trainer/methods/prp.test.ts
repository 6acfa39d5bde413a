// @module-tag tensorflow
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { cropClip } from '#main/trainer/engine/ops/crop-clip.ts'
import { peakPool } from '#main/trainer/engine/ops/peak-pool.ts'
import { resizeTime } from '#main/trainer/engine/ops/map-ops.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { drawAnswers } from '#main/trainer/loader/answers.ts'
import { createLearner } from '#main/trainer/methods/index.ts'
import { decoderDesign } from '#main/trainer/methods/prp/decoder.ts'
import { targetsOf } from '#main/trainer/methods/prp/targets.ts'
import { Network } from '#main/trainer/networks/network.ts'
import { weightedMse } from '#main/trainer/objectives/weighted-mse.ts'
import { weightedSum } from '#main/trainer/objectives/weighted-sum.ts'
import { Training } from '#main/trainer/training/training.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { encoders } from '#shared/encoders/index.ts'
import { viewsOf } from '#shared/methods/index.ts'
import { Rng } from '#shared/random/rng.ts'

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

/** How a scalar changes with one value, by central differences. */
function slope(at: (x: Float32Array) => number, x: Float32Array, i: number, step = 1e-2): number {
  const moved = (by: number): Float32Array => x.map((value, k) => (k === i ? value + by : value))
  return (at(moved(step)) - at(moved(-step))) / (2 * step)
}

describe('what the decoder must give', () => {
  // One colour that counts frames: clip 0, 10, 20, 30, frames between 5, 15, 25, 99.
  const grey = (values: number[]): Float32Array =>
    Float32Array.from(values.flatMap((value) => [value, value, value]))
  const views = [grey([0, 10, 20, 30]), grey([5, 15, 25, 99])]

  it('is the clip with the frames between in turn, and the last of them does not count', () => {
    const { clip, weight } = targetsOf(views, { frames: 4, isDense: [false], attends: false })
    expect(clip).toEqual(grey([0, 5, 10, 15, 20, 25, 30, 99]))
    expect(weight).toEqual(grey([1, 1, 1, 1, 1, 1, 1, 0]))
  })

  it('leaves out all frames between of a clip that has every frame of its video', () => {
    const { weight } = targetsOf(views, { frames: 4, isDense: [true], attends: false })
    expect(weight).toEqual(grey([1, 0, 1, 0, 1, 0, 1, 0]))
  })

  it('counts from 0.8 where nothing moves to 2 where most does', () => {
    const still = [3, 3, 3, 3, 3, 3, 3, 3]
    const moving = [0, 0, 1, 1, 0, 0, 0, 0]
    const rows = still.map((value, t) => grey([value, moving[t]]))
    const all = (of: Float32Array[]): Float32Array => Float32Array.from(of.flatMap((x) => [...x]))
    const [even, odd] = [0, 1].map((from) => all(rows.filter((_, t) => t % 2 === from)))
    const { weight } = targetsOf([even, odd], { frames: 4, isDense: [false], attends: true })
    const atPixel = (pixel: number): number[] =>
      still.map((_, t) => Number(weight[6 * t + 3 * pixel].toFixed(3)))
    expect(atPixel(0)).toEqual([0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0])
    // Frame 5 is the last between that counts: it takes what moved since frame 3.
    expect(atPixel(1)).toEqual([2, 2, 2, 2, 0.8, 2, 0.8, 0])
  })
})

describe('motion attention', () => {
  const pixels = (values: number[]): Float32Array =>
    Float32Array.from(values.flatMap((value) => [value, value, value]))
  const weightsOf = (own: number[], between: number[], isDense = false): number[] => {
    const options = { frames: own.length, isDense: [isDense], attends: true }
    const { weight } = targetsOf([pixels(own), pixels(between)], options)
    return own.flatMap((_, t) => [weight[6 * t], weight[6 * t + 3]]).map((x) => +x.toFixed(3))
  }

  it('takes nothing from the frame behind the clip', () => {
    const expected = [1.4, 2, 2, 1.4, 1.4, 1.4, 1.4, 0]
    expect(weightsOf([0, 1, 3, 4], [0, 2, 3, 3])).toEqual(expected)
    expect(weightsOf([0, 1, 3, 4], [0, 2, 3, 99])).toEqual(expected)
  })

  it('of a clip with every frame takes its own alone', () => {
    expect(weightsOf([0, 1, 3, 3], [0, 50, 0, 99], true)).toEqual([1.4, 0, 2, 0, 0.8, 0, 0.8, 0])
  })

  it('of two frames gives the one between them their motion', () => {
    expect(weightsOf([0, 1], [7, 99])).toEqual([2, 2, 2, 0])
  })
})

describe('the reconstruction error', () => {
  const [x, y, w] = [1, 2, 3].map((seed) => {
    const rng = new Rng(seed)
    return Float32Array.from({ length: 12 }, () => rng.uniform())
  })
  const mse = (at: Float32Array): number => {
    const sum = at.reduce((total, value, i) => total + w[i] * (value - y[i]) ** 2, 0)
    return sum / w.reduce((a, b) => a + b)
  }

  it('is the weighted mean of squares, with its gradient', () => {
    engine.scope(() => {
      const tape = new Tape(engine)
      const made = engine.tensor(x, [3, 4])
      tape.watch([made])
      const loss = weightedMse(tape, made, engine.tensor(y, [3, 4]), engine.tensor(w, [3, 4]))
      const total = weightedSum(tape, [
        { loss, weight: 2 },
        { loss, weight: 0.5 },
      ])
      expect(engine.read(loss)[0]).toBeCloseTo(mse(x), 5)
      expect(engine.read(total)[0]).toBeCloseTo(2.5 * mse(x), 5)
      const gradient = engine.read(tape.backward(total, engine.scalar(1)).get(made)!)
      gradient.forEach((value, i) => expect(value).toBeCloseTo(2.5 * slope(mse, x, i), 3))
    })
  })
})

it('a clip is cropped to its first frames, rows and columns, with its gradient', () => {
  engine.scope(() => {
    const tape = new Tape(engine)
    const x = engine.tensor(
      Float32Array.from({ length: 24 }, (_, i) => i),
      [1, 2, 3, 4, 1],
    )
    tape.watch([x])
    const y = cropClip(tape, x, [1, 2, 3])
    expect([...engine.read(y)]).toEqual([0, 1, 2, 4, 5, 6])
    const gradient = engine.read(tape.backward(y, y).get(x)!)
    expect([...gradient.subarray(0, 12)]).toEqual([0, 1, 2, 0, 4, 5, 6, 0, 0, 0, 0, 0])
    expect(cropClip(tape, x, [2, 3, 4])).toBe(x)
    expect(() => cropClip(tape, x, [3, 3, 4])).toThrow(RangeError)
  })
})

describe('pooling by peaks', () => {
  const shape = [1, 2, 2, 2, 1]
  const pooled = (at: Float32Array): number =>
    (Math.max(...at.subarray(0, 4)) + Math.max(...at.subarray(4))) / 2

  it('is the largest value over space and the mean over time, with its gradient', () => {
    engine.scope(() => {
      const x = Float32Array.of(1, 5, 2, 0, -3, -1, -7, -2)
      const tape = new Tape(engine)
      const map = engine.tensor(x, shape)
      tape.watch([map])
      const y = peakPool(tape, map)
      expect([...engine.read(y)]).toEqual([pooled(x)])
      const gradient = engine.read(
        tape.backward(y, engine.tensor(Float32Array.of(1), [1, 1])).get(map)!,
      )
      gradient.forEach((value, i) => expect(value).toBeCloseTo(slope(pooled, x, i), 3))
    })
  })

  it('shares the gradient among equal values', () => {
    engine.scope(() => {
      const tape = new Tape(engine)
      const map = engine.tensor(new Float32Array(8), shape)
      tape.watch([map])
      const y = peakPool(tape, map)
      const gradient = engine.read(
        tape.backward(y, engine.tensor(Float32Array.of(1), [1, 1])).get(map)!,
      )
      expect([...gradient]).toEqual(new Array(8).fill(1 / 8))
    })
  })
})

it.each([
  { model: 'r2plus1d_narrow', map: [1, 2, 2], frames: 8, size: 32 },
  { model: 'vit_tiny', map: [4, 2, 2], frames: 8, size: 32 },
  // Time is halved as often as height, so it must be doubled once more.
  { model: 'critic_3d_narrow', map: [1, 1, 1], frames: 16, size: 16 },
  // Encoders that round down: 24 / 16 to 1 and 40 / 16 to 2; 9 / 8 to 1 and 48 / 32 to 1.
  { model: 'critic_3d_narrow', map: [1, 2, 2], frames: 24, size: 40 },
  { model: 's3d_narrow', map: [1, 1, 1], frames: 9, size: 48 },
] as const)(
  'the decoder gives at least twice $frames frames of $size px from the map of $model',
  ({ model, map, frames, size }) => {
    engine.scope(() => {
      const decoder = new Network(
        engine,
        decoderDesign({ model, frames, size, width: 4 }),
        new Rng(1),
      )
      const [t, h, w] = map
      const channels = encoders[model].featureSize
      const x = engine.tensor(new Float32Array(2 * t * h * w * channels), [2, t, h, w, channels])
      const made = decoder.run(new Tape(engine), x, decoder.weights.open(), 'evaluate')
      const crop = cropClip(new Tape(engine), made, [2 * frames, size, size])
      expect(crop.shape).toEqual([2, 2 * frames, size, size, 3])
      decoder.dispose()
    })
  },
)

it('a map is enlarged in time linearly, with its gradient', () => {
  engine.scope(() => {
    const tape = new Tape(engine)
    const x = engine.tensor(Float32Array.of(1, 5, 3, 9), [1, 2, 1, 2, 1])
    tape.watch([x])
    const y = resizeTime(tape, x, 4)
    expect([...engine.read(y)]).toEqual([1, 5, 1.5, 6, 2.5, 8, 3, 9])
    const dy = engine.tensor(Float32Array.of(1, 0, 1, 0, 0, 0, 0, 2), [1, 4, 1, 2, 1])
    expect([...engine.read(tape.backward(y, dy).get(x)!)]).toEqual([1.75, 0, 0.25, 2])
  })
})

it.each(['critic_3d_narrow', 's3d_narrow'] as const)('PRP trains %s at odd sizes', (model) => {
  const [frames, size] = model === 's3d_narrow' ? [6, 48] : [17, 40]
  const config = completeConfig({
    ...{ method: 'prp', model, frames, size, stride: 1, batch: 2, precision: 'float32' },
  })
  const learner = createLearner(engine, config)
  const training = new Training(engine, learner, config)
  const views = viewsOf(config).map(() => new Float32Array(2 * frames * size * size * 3))
  const answers = drawAnswers(config, new Rng(1))
  const place = { step: 0, steps: 1, batch: 0, epoch: 0, answers }
  expect(training.accumulate(views, place).loss).toSatisfy(Number.isFinite)
  training.dispose()
})

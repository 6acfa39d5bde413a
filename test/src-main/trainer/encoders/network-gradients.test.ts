// @module-tag tensorflow
import { beforeAll, describe, expect, it } from 'vitest'
import type { EncoderName } from '#shared/encoders/index.ts'
import { createEncoder } from '#main/trainer/encoders/encoder.ts'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { sizeOf } from '#main/trainer/engine/tensor.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'
import { norms, relativeError } from '../golden-networks.ts'
import { readGradients, squareState, wave, type GradientFigures } from './more-networks.ts'

/**
 * Relative error of features and the median one of gradients' norms. The last layers normalise over 16
 * numbers on such clips, which turns rounding of 1e-7 into per cent; in float64 all agree to 1e-6.
 */
const FLOAT32 = { features: 1e-2, gradients: 0.1 }

const figures = readGradients()
const names = Object.keys(figures) as EncoderName[]
let single: Engine
beforeAll(async () => {
  single = await loadEngine('float32')
})

interface Pass {
  features: Float32Array
  /** Of sum(features * wave(0)). */
  gradients: StateDict
  /** After the pass. */
  state: StateDict
}

/** One pass in training mode over the clips of a figure, and back. */
function pass(engine: Engine, model: EncoderName, { shape }: GradientFigures): Pass {
  const encoder = createEncoder(engine, { model, seed: null })
  encoder.loadStateDict(squareState(model))
  const { weights } = encoder
  const result = engine.scope(() => {
    const opened = weights.open()
    const leaves = [...opened.values()]
    const tape = new Tape(engine)
    tape.watch(leaves)
    const y = encoder.run(tape, engine.tensor(wave(sizeOf(shape), 2), shape), opened, 'train')
    const dy = engine.tensor(wave(sizeOf(y.shape), 0), y.shape)
    const sums = tape.backward(y, dy)
    const vector = weights.flatten(leaves.map((leaf) => sums.get(leaf)!))
    const gradients = weights.named(engine.read(vector).slice())
    sums.forEach((held) => engine.release(held))
    return { features: engine.read(y).slice(), gradients, state: encoder.stateDict() }
  })
  encoder.dispose()
  return result
}

describe.each(names)('%s on small clips', (model) => {
  const figure = figures[model]

  it('gives features, every gradient and statistics of PyTorch in float64', () => {
    const { features, gradients, state } = pass(single.inDoublePrecision(), model, figure)
    expect(relativeError(features, figure.features.flat())).toBeLessThan(1e-6)
    expect([...gradients.keys()]).toEqual(Object.keys(figure.gradients))
    const wrong = [...norms(gradients)].filter(([name, norm]) => {
      const [expected, along] = figure.gradients[name]
      const { data } = gradients.get(name)!
      const sum = wave(data.length, 1).reduce((s, value, i) => s + value * data[i], 0)
      return [norm - expected, sum - along].some((error) => Math.abs(error) > 1e-6 * expected)
    })
    expect(wrong).toEqual([])
    const statistics = norms(state)
    const moved = Object.entries(figure.statistics)
    const off = moved.filter(([name, norm]) => Math.abs(statistics.get(name)! / norm - 1) > 1e-6)
    expect(off).toEqual([])
  })

  it.each([true, false])('is near in float32, own kernels: %s', (own) => {
    const engine = own ? single : single.withoutKernels()
    const { features, gradients } = pass(engine, model, figure)
    expect(relativeError(features, figure.features.flat())).toBeLessThan(FLOAT32.features)
    const errors = [...norms(gradients)]
      .map(([name, norm]) => Math.abs(norm / figure.gradients[name][0] - 1))
      .sort((a, b) => a - b)
    expect(errors[errors.length >> 1]).toBeLessThan(FLOAT32.gradients)
  })
})

// @module-tag tensorflow
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EncoderName } from '#shared/encoders/index.ts'
import { createEncoder, type Encoder } from '#main/trainer/encoders/encoder.ts'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { sizeOf } from '#main/trainer/engine/tensor.ts'
import { goldenClips, relativeError } from '../golden-networks.ts'
import { readNetworks, squareState } from './more-networks.ts'

const TOLERANCE = 1e-3

const figures = readNetworks()
const clips = goldenClips()
let single: Engine
beforeAll(async () => {
  single = await loadEngine('float32')
})

describe.each(['r3d_18', 'r3d_50', 's3d', 's3d_g', 'vit_small'] as const)(
  '%s',
  (model: EncoderName) => {
    const figure = figures[model]
    let encoder: Encoder
    beforeAll(() => {
      encoder = encoderOf(single)
    })
    afterAll(() => encoder.dispose())

    function encoderOf(engine: Engine): Encoder {
      const made = createEncoder(engine, { model, seed: null })
      made.loadStateDict(squareState(model))
      return made
    }

    it("has PyTorch's names, shapes and number of parameters, in their order", () => {
      const state = [...encoder.stateDict()].map(([name, { shape }]) => [name, shape])
      expect(state).toEqual(figure.parameters)
      const trained = encoder.weights.trained.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
      expect(trained).toBe(figure.numbers)
    })

    it('gives the features of evaluation mode', () => {
      const features = encoder.forwardFeatures(clips)
      expect(relativeError(features, figure.eval_features.flat())).toBeLessThan(TOLERANCE)
    })

    it('gives the features of training mode', () => {
      const features = encoder.forwardFeatures(clips, { training: true })
      const inTraining = figure.train_features ?? figure.eval_features
      expect(relativeError(features, inTraining.flat())).toBeLessThan(TOLERANCE)
    })

    it("gives them with TensorFlow's ops as well", () => {
      const plain = encoderOf(single.withoutKernels())
      const evaluated = plain.forwardFeatures(clips)
      const inTraining = figure.train_features ?? figure.eval_features
      const trained = plain.forwardFeatures(clips, { training: true })
      plain.dispose()
      expect(relativeError(evaluated, figure.eval_features.flat())).toBeLessThan(TOLERANCE)
      expect(relativeError(trained, inTraining.flat())).toBeLessThan(TOLERANCE)
    })

    it('stays near in bfloat16', async () => {
      const half = encoderOf(await loadEngine('bfloat16'))
      const features = half.forwardFeatures(clips)
      half.dispose()
      expect(relativeError(features, figure.eval_features.flat())).toBeLessThan(5e-2)
    })
  },
)

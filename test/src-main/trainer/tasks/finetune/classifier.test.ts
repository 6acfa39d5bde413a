// @module-tag tensorflow
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Rng } from '#shared/random/rng.ts'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { Classifier, type LabelledClips } from '#main/trainer/tasks/finetune/classifier.ts'
import { createEncoder, type Encoder } from '#main/trainer/encoders/encoder.ts'
import { tinyConfig } from '../../tiny-videos.ts'

const config = tinyConfig({ loaderThreads: 2 })
const CLASSES = 3

describe('the classifier', () => {
  let engine: Engine
  let encoder: Encoder
  let classifier: Classifier
  let batch: LabelledClips

  beforeAll(async () => {
    engine = await loadEngine('float32')
    encoder = createEncoder(engine, config)
    const options = { momentum: 0.9, weightDecay: 0, dropout: 0, seed: 5 }
    classifier = new Classifier(engine, encoder, { classes: CLASSES, ...options })
    const { frames, size } = config
    const rng = new Rng(3)
    const data = Float32Array.from({ length: 4 * frames * size * size * 3 }, () => rng.normal())
    batch = { data, shape: [4, frames, size, size, 3], labels: [0, 2, 1, 2] }
  })
  afterAll(() => {
    classifier.dispose()
    encoder.dispose()
  })

  const lossNow = (): number =>
    engine.scope(() => engine.read(classifier.differentiate(batch, 0).loss)[0])

  it('starts at the loss of guessing', () => {
    expect(lossNow()).toBeCloseTo(Math.log(CLASSES), 1)
  })

  it('has the gradient that finite differences give, in the encoder and in the head', () => {
    const { gradient, headGradient } = engine.scope(() => {
      const found = classifier.differentiate(batch, 0)
      return {
        gradient: engine.read(found.gradient).slice(),
        headGradient: engine.read(found.headGradient).slice(),
      }
    })
    const state = classifier.stateDict()
    const theta = encoder.weights.unnamed(encoder.stateDict())
    const lossAt = (move: (by: number) => void, by: number): number => {
      classifier.loadState(structuredClone(state))
      move(by)
      return lossNow()
    }
    const moveEncoder = (by: number): void => {
      const scale = by / norm(gradient)
      const moved = theta.map((value, i) => value + scale * gradient[i])
      engine.scope(() => (encoder.weights.theta = engine.tensor(moved, [moved.length])))
    }
    const moveHead = (by: number): void => {
      const moved = structuredClone(state)
      const { data } = moved.get('head')!
      const scale = by / norm(headGradient)
      data.forEach((value, i) => (data[i] = value + scale * headGradient[i]))
      classifier.loadState(moved)
    }
    // Along its own direction a gradient falls by its length.
    const step = 0.0002
    for (const [move, length] of [
      [moveEncoder, norm(gradient)],
      [moveHead, norm(headGradient)],
    ] as const) {
      const slope = (lossAt(move, step) - lossAt(move, -step)) / (2 * step)
      expect(length).toBeGreaterThan(0.01)
      expect(Math.abs(slope / length - 1)).toBeLessThan(0.01)
    }
    classifier.loadState(state)
  })

  it('learns a batch by heart', () => {
    const state = classifier.stateDict()
    const before = lossNow()
    let last = { loss: before, accuracy: 0 }
    for (let step = 0; step < 12; step++) last = classifier.step(batch, 0.05, step)
    expect(last.loss).toBeLessThan(before / 2)
    expect(last.accuracy).toBe(1)
    classifier.loadState(state)
    expect(lossNow()).toBeCloseTo(before, 5)
  })
})

const norm = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0))

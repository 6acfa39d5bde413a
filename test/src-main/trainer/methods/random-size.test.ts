// @module-tag tensorflow
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { sizeOf } from '#main/trainer/engine/tensor.ts'
import { createLearner } from '#main/trainer/methods/index.ts'
import { drawSize, resizeClips } from '#main/trainer/methods/random-size.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { storedConfig } from '#shared/config/old-settings.ts'
import { inputSizes } from '#shared/methods/speednet.ts'
import figures from '../../../fixtures/transforms/resized-clips.json' with { type: 'json' }
import { placeOf } from '../method-defaults.ts'

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

const SMALL = {
  ...{ method: 'speednet', model: 'r2plus1d_narrow', precision: 'float32' },
  ...{ frames: 4, size: 16, batch: 2, merge: 'none', pooling: 'mean' },
}

/** The loss of a batch of waves. */
function lossOf(
  values: Record<string, unknown>,
  batch: number,
  standsFor?: 'time' | 'memory',
): number {
  const learner = createLearner(engine, completeConfig({ ...SMALL, ...values }))
  const view = (k: number): Float32Array =>
    Float32Array.from({ length: 2 * 4 * 16 * 16 * 3 }, (_, i) => Math.sin(0.013 * i * i + k))
  const answers = [Int32Array.of(0, 0), Int32Array.of(1, 1)]
  const loss = engine.scope(() => {
    const learned = learner.learn([view(1), view(2)], { ...placeOf(batch), standsFor, answers })
    const value = engine.read(learned.metrics.get('loss')!)[0]
    learned.gradients.forEach((gradient) => engine.release(gradient))
    return value
  })
  learner.dispose()
  return loss
}

describe('clips in a random size', () => {
  it("have PyTorch's pixels, smaller and larger", () => {
    const data = Float32Array.from({ length: sizeOf(figures.shape) }, (_, i) =>
      Math.sin(0.7 * i * i),
    )
    for (const [side, expected] of Object.entries(figures.sizes)) {
      engine.scope(() => {
        const x = engine.tensor(data, figures.shape)
        const y = resizeClips(engine, x, Number(side))
        expect(y.shape).toEqual([1, 2, Number(side), Number(side), 3])
        engine.read(y).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 4))
        expect(resizeClips(engine, x, 6)).toBe(x)
      })
    }
  })

  it('have every size, by seed and batch alone', () => {
    const sizes = inputSizes({ inputSizeMin: 60, inputSizeMax: 100 })!
    expect(sizes).toEqual([64, 80, 96])
    expect(inputSizes({ inputSizeMin: 0, inputSizeMax: 336 })).toBeNull()
    const drawn = Array.from({ length: 60 }, (_, batch) => drawSize(sizes, 7, { batch }))
    expect(new Set(drawn)).toEqual(new Set(sizes))
    expect(drawn).toEqual(Array.from({ length: 60 }, (_, batch) => drawSize(sizes, 7, { batch })))
  })

  it('are shown to the encoder in that size, the same in the same batch', () => {
    const usual = lossOf({}, 3)
    const same = { inputSizeMin: 16, inputSizeMax: 16 }
    const larger = { inputSizeMin: 32, inputSizeMax: 48 }
    expect(lossOf(same, 3)).toBe(usual)
    expect(lossOf(larger, 3)).not.toBe(usual)
    expect(lossOf(larger, 3)).toBe(lossOf(larger, 3))
  })

  it('stand for the largest and for the mean of a run in a trial, whatever the batch', () => {
    const sizes = inputSizes({ inputSizeMin: 64, inputSizeMax: 336 })!
    for (const batch of [0, 1, 1e6]) {
      expect(drawSize(sizes, 7, { batch, standsFor: 'memory' })).toBe(336)
      // The mean area of 64, 80 ... 336 is 46,891, that of 216.5 px.
      expect(drawSize(sizes, 7, { batch, standsFor: 'time' })).toBe(224)
    }
    const drawn = { inputSizeMin: 16, inputSizeMax: 48 }
    const always = (size: number) => lossOf({ inputSizeMin: size, inputSizeMax: size }, 3)
    expect(lossOf(drawn, 3, 'memory')).toBe(always(48))
    expect(lossOf(drawn, 3, 'time')).toBe(always(32))
  })

  it('must be sizes that there are, and that the encoder takes; older runs have none', () => {
    expect(() => completeConfig({ ...SMALL, inputSizeMin: 50, inputSizeMax: 60 })).toThrow(
      'no multiple of 16',
    )
    const narrow = { ...SMALL, model: 's3d', frames: 8, size: 32, inputSizeMin: 16 }
    expect(() => completeConfig(narrow)).toThrow('needs clips of at least')
    expect(storedConfig({ method: 'speednet' }).inputSizeMin).toBe(0)
  })
})

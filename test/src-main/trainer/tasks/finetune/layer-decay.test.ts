// @module-tag tensorflow
import { beforeAll, describe, expect, it } from 'vitest'
import { Rng } from '#shared/random/rng.ts'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { createEncoder } from '#main/trainer/encoders/encoder.ts'
import {
  Classifier,
  type ClassifierOptions,
  type LabelledClips,
} from '#main/trainer/tasks/finetune/classifier.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'

const model = 'vit_tiny'
const OPTIONS: ClassifierOptions = {
  classes: 3,
  momentum: 0.9,
  weightDecay: 0,
  dropout: 0,
  seed: 5,
}

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

function batch(): LabelledClips {
  const rng = new Rng(3)
  const data = Float32Array.from({ length: 4 * 2 * 32 * 32 * 3 }, () => rng.normal())
  return { data, shape: [4, 2, 32, 32, 3], labels: [0, 2, 1, 2] }
}

/** A classifier after some steps, with what it had before. */
function trained(options: Partial<ClassifierOptions>, steps = 1, lr = 0.01) {
  const encoder = createEncoder(engine, { model, seed: 1 })
  const classifier = new Classifier(engine, encoder, { ...OPTIONS, ...options })
  const before = structuredClone(classifier.stateDict())
  for (let step = 0; step < steps; step++) classifier.step(batch(), lr, step)
  const close = (): void => {
    classifier.dispose()
    encoder.dispose()
  }
  return { classifier, before, after: structuredClone(classifier.stateDict()), close }
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0))
}

/** How far a tensor has moved, by its norm. */
function moved(name: string, { before, after }: { before: StateDict; after: StateDict }): number {
  const old = before.get(name)!.data
  return norm(after.get(name)!.data.map((value, i) => value - old[i]))
}

describe('fine-tuning a transformer', () => {
  it('moves each layer by a factor less than the one above it', () => {
    // Far, so that rounding of the weights does not count.
    const even = trained({}, 1, 10)
    const decayed = trained({ layerDecay: 0.5 }, 1, 10)
    const ratio = (name: string): number => moved(name, decayed) / moved(name, even)
    expect(ratio('head')).toBeCloseTo(1, 3)
    expect(ratio('encoder.fc_norm.weight')).toBeCloseTo(1, 3)
    expect(ratio('encoder.blocks.11.mlp.fc2.weight')).toBeCloseTo(0.5, 2)
    expect(ratio('encoder.blocks.10.attn.qkv.weight')).toBeCloseTo(0.25, 2)
    expect(ratio('encoder.blocks.9.mlp.fc1.weight')).toBeCloseTo(0.125, 2)
    for (const { close } of [even, decayed]) close()
  })

  it('decays weights and not biases with AdamW', () => {
    const still = trained({ optimiser: 'adamw' })
    const decayed = trained({ optimiser: 'adamw', weightDecay: 0.5 })
    const difference = (name: string): number => moved(name, { ...decayed, before: still.after })
    const whole = norm(still.before.get('encoder.blocks.3.attn.proj.weight')!.data)
    expect(difference('encoder.blocks.3.attn.proj.weight') / whole).toBeCloseTo(0.01 * 0.5, 4)
    expect(difference('encoder.patch_embed.proj.bias')).toBe(0)
    for (const { close } of [still, decayed]) close()
  })

  it('resumes to the bit with AdamW and drop path', () => {
    const options = {
      optimiser: 'adamw',
      layerDecay: 0.7,
      weightDecay: 0.05,
      dropPath: 0.2,
    } as const
    const straight = trained(options, 4)
    const half = trained(options, 2)
    const resumed = trained(options, 1)
    resumed.classifier.loadState(half.after)
    for (const step of [2, 3]) resumed.classifier.step(batch(), 0.01, step)
    const all = resumed.classifier.stateDict()
    expect([...all.keys()]).toEqual([...straight.after.keys()])
    const differing = [...all].filter(
      ([name, { data }]) => !straight.after.get(name)!.data.every((value, i) => value === data[i]),
    )
    expect(differing.map(([name]) => name)).toEqual([])
    for (const { close } of [straight, half, resumed]) close()
  })

  it('leaves out branches by the seed of the step alone, and none unless asked', () => {
    const seen = (options: Partial<ClassifierOptions>, seed: number): number => {
      const encoder = createEncoder(engine, { model, seed: 1 })
      const classifier = new Classifier(engine, encoder, { ...OPTIONS, ...options })
      const { loss } = classifier.step(batch(), 0.01, seed)
      classifier.dispose()
      encoder.dispose()
      return loss
    }
    expect(seen({ dropPath: 0.5 }, 1)).toBe(seen({ dropPath: 0.5 }, 1))
    expect(seen({ dropPath: 0.5 }, 2)).not.toBe(seen({ dropPath: 0.5 }, 1))
    expect(seen({ dropPath: 0 }, 1)).toBe(seen({}, 2))
  })

  it('has no layers to tell apart in other encoders', () => {
    const encoder = createEncoder(engine, { model: 'r2plus1d_narrow', seed: 1 })
    expect(() => encoder.layerRates(0.7)).toThrow('has no tokens')
    encoder.dispose()
  })

  it('falls in steps unless asked, as it did before there was a choice', () => {
    const usual = completeSettings('finetune')
    expect(usual).toMatchObject({
      optimiser: 'sgd',
      layerDecay: 1,
      dropPath: 0,
      warmup: 0,
      decay: 'steps',
    })
  })
})

// @module-tag tensorflow
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { Cvrl, type CvrlConfig } from '#main/trainer/methods/cvrl.ts'
import type { Learned } from '#main/trainer/methods/learner.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'
import { Training } from '#main/trainer/training/training.ts'
import { cvrlSettings } from '#shared/methods/cvrl.ts'
import { norms } from '../golden-networks.ts'
import { formulaState, formulaViews, readGoldenStep } from '../golden-steps.ts'
import { defaultsOf, placeOf } from '../method-defaults.ts'

// A pass of 16 clips through R3D-50 and back, on a machine that may be loaded.
vi.setConfig({ hookTimeout: 900_000 })

interface GoldenStep {
  temperature: number
  weight_decay_in_loss: number
  sgd: { lr: number; momentum: number }
  parameters: [name: string, shape: number[]][]
  loss_a: number
  loss_b: number
  contrast_accuracy: number
  contrast_entropy: number
  gradient_l2: Record<string, number>
  parameter_l2_after_step: Record<string, number>
  running_mean_l2_after_step: Record<string, number>
  running_var_l2_after_step: Record<string, number>
}

const golden = readGoldenStep<GoldenStep>('cvrl')
const config: CvrlConfig = {
  ...defaultsOf(cvrlSettings),
  model: 'r3d_50',
  frames: 8,
  size: 56,
  seed: 1,
  hiddenSize: 256,
  temperature: golden.temperature,
}

function ownName(name: string): string {
  return name.replace(/^projector\./, 'head.')
}

/** Keeps the gradients of the last micro-batch. */
class Watched extends Cvrl {
  gradients: StateDict = new Map()

  override learn(views: Float32Array[]): Learned {
    const learned = super.learn(views)
    this.gradients = new Map(
      [...learned.gradients].flatMap(([network, vector]) => {
        const weights = this.trained.get(network)!
        const named = weights.named(weights.engine.read(vector))
        return [...named].map(([name, entry]) => [`${network}.${name}`, entry] as const)
      }),
    )
    return learned
  }
}

describe('the golden step', () => {
  let engine: Engine
  let start: StateDict
  let gradients: StateDict
  let metrics: Record<string, number>
  let after: Map<string, number>

  beforeAll(async () => {
    engine = await loadEngine('float32')
    const learner = new Watched(engine, config)
    const { lr, momentum } = golden.sgd
    const training = new Training(engine, learner, {
      optimiser: 'sgd',
      momentum,
      weightDecay: golden.weight_decay_in_loss,
      decayVectors: false,
      clipNorm: 0,
    })
    start = new Map(
      [...formulaState(golden.parameters)].map(([name, entry]) => [ownName(name), entry]),
    )
    learner.loadState(structuredClone(start))
    metrics = training.accumulate(formulaViews(), placeOf(0))
    gradients = learner.gradients
    training.finishStep(lr, lr)
    after = norms(training.stateDict())
    training.dispose()
  })

  it('has the loss of both directions added, and what the authors log', () => {
    expect(metrics.loss / (golden.loss_a + golden.loss_b)).toBeCloseTo(1, 3)
    expect(metrics.accuracy).toBe(golden.contrast_accuracy)
    expect(metrics.entropy / golden.contrast_entropy).toBeCloseTo(1, 3)
  })

  it('has the norm of every gradient, with the decay that is in the loss there', () => {
    const largest = Math.max(...Object.values(golden.gradient_l2))
    const wrong = Object.entries(golden.gradient_l2).filter(([name, expected]) => {
      const own = ownName(name)
      const { shape, data } = gradients.get(own)!
      const decay = shape.length > 1 ? golden.weight_decay_in_loss : 0
      const weights = start.get(own)!.data
      const found = Math.sqrt(sumOf(data, (g, i) => (g + decay * weights[i]) ** 2))
      return Math.abs(found - expected) > 2e-2 * expected + 1e-6 * largest
    })
    expect(wrong).toEqual([])
  })

  it('moves every parameter and the running statistics', () => {
    const figures = [
      golden.parameter_l2_after_step,
      golden.running_mean_l2_after_step,
      golden.running_var_l2_after_step,
    ]
    for (const [name, expected] of figures.flatMap((figure) => Object.entries(figure))) {
      // Gradients differ by up to 2 % in float32, and the step takes their difference with it.
      expect(after.get(ownName(name))! / expected).toBeCloseTo(1, 2)
    }
  })
})

function sumOf(data: Float32Array, of: (value: number, i: number) => number): number {
  let sum = 0
  data.forEach((value, i) => (sum += of(value, i)))
  return sum
}

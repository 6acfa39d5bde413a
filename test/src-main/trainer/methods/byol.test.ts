// @module-tag tensorflow
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import type { Learned } from '#main/trainer/methods/learner.ts'
import { Byol, type ByolConfig } from '#main/trainer/methods/byol.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'
import { Training } from '#main/trainer/training/training.ts'
import { byolSettings } from '#shared/methods/byol.ts'
import { norms } from '../golden-networks.ts'
import { formulaState, formulaViews, readGoldenStep } from '../golden-steps.ts'
import { defaultsOf, placeOf } from '../method-defaults.ts'

// Two passes of 16 clips through two networks, on a machine that may be loaded.
vi.setConfig({ hookTimeout: 900_000 })

const golden = readGoldenStep('byol')
const config: ByolConfig = {
  ...defaultsOf(byolSettings),
  model: 'r3d_18',
  frames: 8,
  size: 56,
  seed: 1,
  projectionSize: 64,
  hiddenSize: 256,
  targetMomentum: golden.ema,
  targetMomentumSchedule: 'constant',
}

/** The figures' names as a learner's state has them. */
function ownName(name: string): string {
  return name.replace(/^online\./, '').replace(/^projector\./, 'head.')
}

/** The start of the golden step: the target is another network than the online one. */
function startState(): StateDict {
  const online = formulaState(golden.parameters)
  const ofTarget = golden.parameters.filter(([name]) => name.startsWith('online.'))
  const target = formulaState(ofTarget, 0.5)
  return new Map([
    ...[...online].map(([name, entry]) => [ownName(name), entry] as const),
    ...[...target].map(([name, entry]) => [`ema.${ownName(name)}`, entry] as const),
  ])
}

/** Keeps the gradients of the last micro-batch, and moves the target only when it is told to. */
class Watched extends Byol {
  gradients: StateDict = new Map()

  override begin(): void {}

  moveTarget(): void {
    super.begin(placeOf(1))
  }

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
  let losses: number[]
  let gradients: Map<string, number>
  let after: Map<string, number>

  beforeAll(async () => {
    engine = await loadEngine('float32')
    const learner = new Watched(engine, config)
    const { lr, momentum, weight_decay: weightDecay } = golden.sgd
    const options = { momentum, weightDecay, decayVectors: false, clipNorm: 0 }
    const training = new Training(engine, learner, { optimiser: 'sgd', ...options })
    learner.loadState(startState())
    const views = formulaViews()
    const { loss } = training.accumulate(views, placeOf(0))
    gradients = norms(learner.gradients)
    training.finishStep(lr)
    learner.moveTarget()
    after = norms(training.stateDict())
    losses = [loss, training.accumulate(views, placeOf(1)).loss]
    training.dispose()
  })

  it('has the loss before and after', () => {
    expect(losses[0] / golden.loss).toBeCloseTo(1, 4)
    expect(losses[1] / golden.loss_after_step).toBeCloseTo(1, 2)
  })

  it('has the norm of every gradient', () => {
    const largest = Math.max(...Object.values(golden.gradient_l2))
    for (const [name, expected] of Object.entries(golden.gradient_l2)) {
      const found = gradients.get(ownName(name))!
      expect(Math.abs(found - expected)).toBeLessThan(5e-3 * expected + 1e-6 * largest)
    }
  })

  it('moves every parameter and its average', () => {
    for (const [name, expected] of Object.entries(golden.parameter_l2_after_step)) {
      expect(after.get(ownName(name))! / expected).toBeCloseTo(1, 3)
    }
    for (const [name, expected] of Object.entries(golden.target_l2_after_step)) {
      expect(after.get(`ema.${ownName(name)}`)! / expected).toBeCloseTo(1, 3)
    }
  })
})

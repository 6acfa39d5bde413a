// @module-tag tensorflow
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import {
  applyLinearProbe,
  trainLinearProbe,
  type FeatureSet,
  type LinearProbe,
  type LinearProbeOptions,
} from '#main/trainer/tasks/linear/linear-probe.ts'

const [N, C, K] = [12, 3, 3]
const features = Float32Array.from({ length: N * C }, (_, i) => {
  const [n, c] = [Math.floor(i / C), i % C]
  return Math.sin(1.3 * n + 0.7 * c) + (n % K === c ? 0.5 : 0)
})
const labels = Int32Array.from({ length: N }, (_, n) => n % K)

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

type Options = Pick<LinearProbeOptions, 'classes' | 'seed'> & Partial<LinearProbeOptions>

function start(set: FeatureSet, options: Options): Promise<LinearProbe | null> {
  return trainLinearProbe(engine, set, { ...completeSettings('linear'), ...options })
}

async function train(set: FeatureSet, options: Options): Promise<LinearProbe> {
  const probe = await start(set, options)
  if (!probe) throw new Error('The training was ended')
  return probe
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 5))
}

describe('linear probe', () => {
  it('takes the same steps as PyTorch in float64: SGD, momentum 0.9, cosine, 20 epochs', async () => {
    const losses: number[] = []
    const probe = await train(
      { features, labels, size: C },
      {
        classes: K,
        seed: 1,
        epochs: 20,
        batch: N,
        lr: 0.1,
        weightDecay: 1e-2,
        onEpoch: async (_, loss) => losses.push(loss) > 0,
      },
    )
    // prettier-ignore
    expectClose(probe.weights, [
      0.2720190552836813, -0.2722818457703452, 0.00026279048666390844,
      -0.3694619520856201, 0.7373447980803529, -0.3678828459947326,
      -0.0017370332293470717, -0.2712535906545483, 0.2729906238838953,
    ])
    expectClose(probe.bias, [0.005158766360952628, -0.010585008492500889, 0.005426242131548301])
    expect(losses).toHaveLength(20)
    expect(losses[0]).toBeCloseTo(Math.log(3), 5)
    expect(losses[19]).toBeCloseTo(0.8824840019190093, 5)
    const logits = applyLinearProbe(probe, features)
    expect(logits).toHaveLength(N * K)
    expectClose(
      logits.subarray(0, K),
      [-0.07049264125775499, -0.054548575375521095, 0.12504121663327614],
    )
  })

  it('learns a class that is a feature, whatever the feature measures in', async () => {
    const scaled = Float32Array.from({ length: 90 }, (_, i) =>
      i % 3 === 0 ? 1e4 * (Math.floor(i / 3) % 2) : Math.sin(i),
    )
    const truth = Int32Array.from({ length: 30 }, (_, n) => n % 2)
    const set = { features: scaled, labels: truth, size: 3 }
    const probe = await train(set, { classes: 2, seed: 1, batch: 8 })
    const logits = applyLinearProbe(probe, scaled)
    const predicted = truth.map((_, n) => Number(logits[2 * n + 1] > logits[2 * n]))
    expect(predicted).toEqual(truth)
  })

  it('is not disturbed by a feature that never changes', async () => {
    const constant = Float32Array.from({ length: 2 * N }, (_, i) => (i % 2 ? 7 : features[i]))
    const set = { features: constant, labels, size: 2 }
    const probe = await train(set, { classes: K, seed: 1, epochs: 3 })
    expect(probe.weights.every(Number.isFinite)).toBe(true)
    expect(applyLinearProbe(probe, constant).every(Number.isFinite)).toBe(true)
  })

  it('ends when it is told to', async () => {
    let epochs = 0
    const options = { classes: K, seed: 1, onEpoch: async () => ++epochs < 3 }
    expect(await start({ features, labels, size: C }, options)).toBeNull()
    expect(epochs).toBe(3)
  })

  it('frees every tensor', async () => {
    const before = engine.tensorCount
    await start({ features, labels, size: C }, { classes: K, seed: 1, epochs: 5, batch: 5 })
    expect(engine.tensorCount).toBe(before)
  })

  it('ends with what to do when training diverges, instead of answering at random', async () => {
    const options = { classes: K, seed: 1, epochs: 60, batch: N, lr: 100, weightDecay: 1 }
    await expect(train({ features, labels, size: C }, options)).rejects.toThrow(
      'a lower learning rate or weight decay',
    )
  })
})

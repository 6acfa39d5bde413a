// @module-tag tensorflow
import { beforeAll, expect, it, vi } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { raw } from '#main/trainer/engine/raw.ts'
import { createLearner } from '#main/trainer/methods/index.ts'
import type { Learner } from '#main/trainer/methods/learner.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { viewsOf } from '#shared/methods/index.ts'
import type { AnyConfig, Values } from '#shared/methods/method.ts'
import { Rng } from '#shared/random/rng.ts'
import { placeOf } from '../method-defaults.ts'

// Convolutions in float64 are slow.
vi.setConfig({ testTimeout: 300_000 })

const BATCH = 4
const TINY: Values = {
  model: 'r2plus1d_narrow',
  projectionSize: 16,
  hiddenSize: 32,
  frames: 2,
  size: 16,
  batch: BATCH,
  precision: 'float32',
}

/** Cases whose loss moves with nothing but what its gradient flows through. */
const cases: [name: string, values: Values][] = [
  ['an average of the network as the target', { method: 'byol', rho: 3 }],
  [
    'a gradient through both sides',
    { method: 'simsiam', stopGradient: false, predictorSize: 8, headNorm: 'hidden' },
  ],
  [
    'negatives of the batch, a predictor and three clips',
    { method: 'moco', negatives: 'batch', predictor: true, rho: 3, headNorm: 'all' },
  ],
  ['a queue and queries of one clip alone', { method: 'moco', symmetric: false, queue: 8, rho: 3 }],
  ['NT-Xent over three clips', { method: 'simclr', rho: 3, headLayers: 3 }],
]

let exact: Engine
beforeAll(async () => {
  exact = (await loadEngine('float32')).inDoublePrecision()
})

function viewsFor(config: AnyConfig): Float32Array[] {
  const rng = new Rng(6)
  const length = BATCH * config.frames * config.size ** 2 * 3
  const x = Float32Array.from({ length }, () => rng.normal())
  return viewsOf(config).map(() => x.map((value) => value + 0.3 * rng.normal()))
}

/** Loss and gradient of one network after it has moved by step * direction, in float64. */
function moved(
  learner: Learner,
  clips: Float32Array[],
  network: string,
  { direction, step }: { direction: Float32Array; step: number } | { direction: null; step: 0 },
) {
  const start = learner.stateDict()
  const result = exact.scope(() => {
    const weights = learner.trained.get(network)!
    if (direction) {
      const along = exact.tensor(direction.slice(), [direction.length])
      weights.theta = raw.add(exact, weights.theta, raw.scale(exact, along, step))
    }
    const { metrics, gradients } = learner.learn(clips, placeOf(0))
    const gradient = exact.read(gradients.get(network)!).slice()
    return { loss: exact.read(metrics.get('loss')!)[0], gradient }
  })
  learner.loadState(start)
  return result
}

it.each(cases)('is that of finite differences with %s', (_, values) => {
  const config = completeConfig({ ...TINY, ...values })
  const learner = createLearner(exact, config)
  const clips = viewsFor(config)
  for (const network of learner.trained.keys()) {
    const { gradient } = moved(learner, clips, network, { direction: null, step: 0 })
    const length = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0))
    const direction = gradient.map((value) => value / length)
    // Short, since the loss bends sharply along its gradient where few clips share batch statistics.
    const step = 2e-6
    const [ahead, behind] = [step, -step].map(
      (by) => moved(learner, clips, network, { direction, step: by }).loss,
    )
    expect((ahead - behind) / (2 * step * length)).toBeCloseTo(1, 1)
  }
  learner.dispose()
})

// @module-tag tensorflow
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { Training } from '#main/trainer/training/training.ts'
import { Videogan, type VideoganConfig } from '#main/trainer/methods/videogan.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'

/** Losses of one step, and the L2 norm of every gradient, by PyTorch in float64. */
interface Figures {
  loss: number
  generator: number
  mask: number
  told: number
  gradients: Record<string, number>
}

const figures = JSON.parse(
  readFileSync(new URL('../../../fixtures/objectives/videogan-step.json', import.meta.url), 'utf8'),
) as Figures

const config: VideoganConfig = {
  model: 'critic_3d_narrow',
  frames: 16,
  size: 32,
  seed: 5,
  noise: 6,
  width: 4,
  maskPenalty: 0.1,
  beta1: 0.5,
}
const place = { step: 0, steps: 1, batch: 0, epoch: 0 }

/** s = sin(0.7 (i i mod 10007) + k) */
const wave = (i: number, k: number): number => Math.sin(0.7 * ((i * i) % 10007) + k)

/** Weights that follow from the place of each entry in the state. */
function byFormula(state: StateDict): StateDict {
  const entries = [...state].map(([name, { shape }], k) => {
    const length = shape.reduce((product, n) => product * n, 1)
    const value = (i: number): number => {
      if (shape.length > 1) return (2 / Math.sqrt(length / shape[0])) * wave(i, k)
      if (name.endsWith('running_mean')) return 0
      if (name.endsWith('running_var')) return 1
      return (name.endsWith('weight') ? 1 : 0) + 0.1 * wave(i, k)
    }
    return [name, { shape, data: Float32Array.from({ length }, (_, i) => value(i)) }] as const
  })
  return new Map(entries)
}

function normOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
}

it('a step of both networks agrees with PyTorch', async () => {
  const engine = (await loadEngine('float32')).inDoublePrecision()
  const learner = new Videogan(engine, config)
  learner.loadState(byFormula(learner.stateDict()))
  const clips = Float32Array.from({ length: 2 * 16 * 32 * 32 * 3 }, (_, i) => wave(i, 1))
  engine.scope(() => {
    const { gradients, metrics } = learner.learn([clips], place)
    for (const name of ['loss', 'generator', 'mask', 'told'] as const) {
      expect(engine.read(metrics.get(name)!)[0], name).toBeCloseTo(figures[name], 5)
    }
    const norms = [...gradients].flatMap(([network, gradient]) => {
      const named = learner.trained.get(network)!.named(engine.read(gradient))
      return [...named].map(([name, { data }]) => [`${network}.${name}`, normOf(data)] as const)
    })
    expect(norms.map(([name]) => name).sort()).toEqual(Object.keys(figures.gradients).sort())
    for (const [name, norm] of norms) {
      expect(norm / figures.gradients[name], name).toBeCloseTo(1, 3)
    }
  })
  learner.dispose()
})

it('updates both networks in a step, and each with the decay rate of the method', async () => {
  const engine = await loadEngine('float32')
  const learner = new Videogan(engine, config)
  const optimiser = {
    optimiser: 'adam',
    momentum: 0.9,
    weightDecay: 0,
    decayVectors: true,
  } as const
  const training = new Training(engine, learner, { ...optimiser, clipNorm: 0 })
  const clips = Float32Array.from({ length: 2 * 16 * 32 * 32 * 3 }, (_, i) => wave(i, 1))
  const before = training.stateDict()
  training.accumulate([clips], place)
  training.finishStep(2e-4)
  const after = training.stateDict()
  for (const name of ['encoder.0.weight', 'head.11.weight', 'generator.mask.4.0.weight']) {
    expect(after.get(name)!.data).not.toEqual(before.get(name)!.data)
  }
  expect([...learner.treatments.values()]).toEqual(
    [...learner.trained.keys()].map(() => ({ beta1: 0.5 })),
  )
  training.dispose()
})

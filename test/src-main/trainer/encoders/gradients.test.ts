// @module-tag tensorflow
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { sizeOf } from '#main/trainer/engine/tensor.ts'
import { Moco } from '#main/trainer/methods/moco.ts'
import { mocoSettings } from '#shared/methods/moco.ts'
import { defaultsOf } from '../method-defaults.ts'
import {
  goldenQueue,
  goldenState,
  namedVectors,
  norms,
  readGoldenNetwork,
  relativeError,
  setNetworks,
} from '../golden-networks.ts'

/**
 * One symmetric MoCo step on small clips, computed with PyTorch in float64: weights and queue as in
 * the golden step, clips sin(0.013 i^2) and sin(0.013 i^2 + 1).
 */
interface Figures {
  r2plus1d_18: {
    shape: [number, number, number, number, number]
    loss1: number
    loss2: number
    gradients: Record<string, number>
  }
}

const figures = JSON.parse(
  readFileSync(new URL('../../../fixtures/small-step.json', import.meta.url), 'utf8'),
) as Figures

describe('a MoCo step of r2plus1d_18 on small clips in float64', () => {
  const model = 'r2plus1d_18'
  const figure = figures[model]
  const [, frames, size] = figure.shape
  let engine: Engine
  let result: { loss1: number; loss2: number; gradients: Map<string, number> }

  beforeAll(async () => {
    engine = (await loadEngine('float32')).inDoublePrecision()
    const moco = new Moco(engine, {
      ...defaultsOf(mocoSettings),
      model,
      frames,
      size,
      projectionSize: 128,
      queue: 16,
      temperature: 0.1,
      seed: 1,
      keyMomentum: 0.999,
      keyMomentumSchedule: 'constant',
      shuffleBN: false,
      headStart: 'reference',
    })
    const state = moco.stateDict()
    setNetworks(state, model, goldenState(readGoldenNetwork(model)))
    state.get('queue')?.data.set(goldenQueue(16))
    moco.loadState(state)
    result = engine.scope(() => {
      const clips = [0, 1].map((phase) => engine.tensor(clip(figure.shape, phase), figure.shape))
      const { gradients, losses } = moco.contrast([clips[0], clips[1]])
      const [loss1, loss2] = losses.map((loss) => engine.read(loss)[0])
      return { loss1, loss2, gradients: norms(namedVectors(moco, gradients)) }
    })
    moco.dispose()
  })

  it('gives the losses', () => {
    expect(relativeError([result.loss1, result.loss2], [figure.loss1, figure.loss2])).toBeLessThan(
      1e-5,
    )
  })

  it('gives the norm of every gradient', () => {
    expect([...result.gradients.keys()]).toEqual(Object.keys(figure.gradients))
    const wrong = Object.entries(figure.gradients)
      .map(([name, norm]) => ({ name, norm, ours: result.gradients.get(name)! }))
      .filter(({ norm, ours }) => Math.abs(ours - norm) > 1e-4 * norm + 1e-9)
    expect(wrong).toEqual([])
  })
})

function clip(shape: readonly number[], phase: number): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i ** 2 * 0.013 + phase))
}

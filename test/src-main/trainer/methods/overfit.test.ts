// @module-tag tensorflow
import { beforeAll, expect, it, vi } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { createLearner } from '#main/trainer/methods/index.ts'
import { Training } from '#main/trainer/training/training.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { viewsOf } from '#shared/methods/index.ts'
import type { Values } from '#shared/methods/method.ts'
import { Rng } from '#shared/random/rng.ts'
import { placeOf } from '../method-defaults.ts'

vi.setConfig({ testTimeout: 300_000 })

const BATCH = 4
const TINY: Values = {
  ...{ model: 'r2plus1d_narrow', precision: 'float32', merge: 'none' },
  ...{
    batch: BATCH,
    frames: 4,
    size: 16,
    optimiser: 'adam',
    weightDecay: 0,
    lr: 0.003,
    dropout: 0,
  },
}

/** Settings by method, and how many answers there are. */
const cases: [method: string, own: Values, answers: number][] = [
  ['rotation', {}, 4],
  ['pace', {}, 4],
  ['prp', { decoderWidth: 4 }, 4],
  ['clip-order', { pairSize: 16 }, 6],
  ['frame-order', { headWidth: 16 }, 12],
  ['puzzle', { puzzleAxis: 'time', pieceGap: 0, headWidth: 32 }, 24],
]

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

// What cannot be learned by heart has no way for gradients from the answer to the encoder.
it.each(cases)('%s learns the answers for four videos by heart', (method, own, count) => {
  const config = completeConfig({ ...TINY, method, ...own })
  const training = new Training(engine, createLearner(engine, config), config)
  const rng = new Rng(5)
  const length = BATCH * config.frames * config.size ** 2 * 3
  const views = viewsOf(config).map(() => Float32Array.from({ length }, () => rng.normal()))
  const order = [...rng.permutation(count)].slice(0, BATCH)
  const answers = views.map(() => Int32Array.from({ length: BATCH }, (_, i) => order[i % count]))
  let right = 0
  let steps = 0
  for (; steps < 150 && right < 3; steps++) {
    // The same batch each time: what is drawn for it is drawn alike.
    const { pretext } = training.accumulate(views, { ...placeOf(0), answers })
    training.finishStep(config.lr as number)
    right = pretext === 1 ? right + 1 : 0
  }
  training.dispose()
  expect(right).toBe(3)
})

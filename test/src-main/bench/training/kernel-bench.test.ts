import { expect, it } from 'vitest'
import { convLayers } from '#main/bench/training/conv-layers.ts'
import { benchKernels } from '#main/bench/training/kernel-bench.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'

it('times every layer forward and back, except for the gradient of clips', async () => {
  const small = convLayers('r2plus1d_narrow')
    .slice(0, 2)
    .map((layer) => ({ ...layer, x: [1, 2, 8, 8, layer.x[4]] }))
  const engine = await loadEngine('float32')
  const { rows } = benchKernels(engine, 'r2plus1d_narrow', small)
  expect(rows.map(({ layer, input }) => [layer, input !== null])).toEqual([
    ['stem, images', false],
    ['stem, time', true],
  ])
  const rates = rows.flatMap(({ forward, input, filter }) => [forward, input ?? forward, filter])
  for (const { chosen, tensorflow } of rates) {
    expect(chosen).toBeGreaterThan(0)
    expect(tensorflow).toBeGreaterThan(0)
  }
})

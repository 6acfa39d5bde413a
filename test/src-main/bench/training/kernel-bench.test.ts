import { expect, it } from 'vitest'
import { convLayers } from '#main/bench/training/conv-layers.ts'
import { benchKernels } from '#main/bench/training/kernel-bench.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'

it('times every layer forward and back, except for the gradient of clips', async () => {
  const engine = await loadEngine('float32')
  const clips = { batch: 1, frames: 2, size: 16 }
  const small = convLayers(engine, 'r2plus1d_narrow', clips).slice(0, 2)
  const { rows } = benchKernels(engine, 'r2plus1d_narrow', small)
  expect(rows.map(({ layer, input }) => [layer, input !== null])).toEqual([
    ['stem.0', false],
    ['stem.3', true],
  ])
  const rates = rows.flatMap(({ forward, input, filter }) => [forward, input ?? forward, filter])
  for (const { chosen, tensorflow } of rates) {
    expect(chosen).toBeGreaterThan(0)
    expect(tensorflow).toBeGreaterThan(0)
  }
})

it('finds every convolution of an encoder with its sizes', async () => {
  const engine = await loadEngine('float32')
  const layers = convLayers(engine, 'r2plus1d_18', { batch: 4, frames: 16, size: 112 })
  expect(layers[0]).toEqual({
    name: 'stem.0',
    count: 1,
    x: [4, 16, 112, 112, 3],
    outputs: 48,
    kernel: [1, 7, 7],
    stride: [1, 2, 2],
    padding: [
      [0, 0],
      [3, 3],
      [3, 3],
    ],
  })
  expect(layers.find(({ name }) => name === 'layer1.0.conv1.0.0')).toMatchObject({
    count: 4,
    x: [4, 16, 56, 56, 64],
    outputs: 144,
  })
  // Two of the stem, four in each of eight blocks, three shortcuts.
  expect(layers.reduce((sum, { count }) => sum + count, 0)).toBe(2 + 8 * 4 + 3)
})

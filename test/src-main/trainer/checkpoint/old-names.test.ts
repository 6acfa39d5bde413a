import { expect, it } from 'vitest'
import { withPresentNames } from '#main/trainer/checkpoint/old-names.ts'
import type { StateDict } from '#main/trainer/checkpoint/safetensors.ts'

const stateOf = (...names: string[]): StateDict =>
  new Map(names.map((name, i) => [name, { shape: [1], data: Float32Array.of(i) }]))

const old = [
  ...['query.stem.0.weight', 'query.stem.1.running_mean', 'query.fc.0.weight', 'query.fc.2.bias'],
  ...['key.stem.0.weight', 'key.fc.2.weight', 'momentum.stem.0.weight', 'momentum.fc.0.bias'],
  ...['queue', 'pointer'],
]
const present = [
  ...['encoder.stem.0.weight', 'encoder.stem.1.running_mean', 'head.0.weight', 'head.2.bias'],
  ...['ema.encoder.stem.0.weight', 'ema.head.2.weight'],
  ...['momentum.encoder.stem.0.weight', 'momentum.head.0.bias'],
  ...['queue', 'pointer'],
]

it('gives the entries of a checkpoint of version 0.1 the names that they have now', () => {
  expect(withPresentNames(stateOf(...old))).toEqual(stateOf(...present))
  const i3d = [
    'query.mixed_3b.branch_0.conv3d.weight',
    'query.id_head.2.weight',
    'key.id_head.4.bias',
  ]
  expect([...withPresentNames(stateOf(...i3d)).keys()]).toEqual([
    'encoder.mixed_3b.branch_0.conv3d.weight',
    'head.0.weight',
    'ema.head.2.bias',
  ])
})

it('leaves present names alone, and those of a fine-tuning', () => {
  for (const names of [present, ['encoder.fc.0.weight', 'momentum.fc.0.weight', 'head']]) {
    const state = stateOf(...names)
    expect(withPresentNames(state)).toBe(state)
  }
})

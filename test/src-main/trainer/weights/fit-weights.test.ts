import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { createEncoder, type Encoder } from '#main/trainer/models/encoder.ts'
import type { StateDict } from '#main/trainer/models/weights.ts'
import { fitWeights } from '#main/trainer/weights/fit-weights.ts'

let encoder: Encoder
let given: StateDict
beforeAll(async () => {
  const engine = await loadEngine('float32')
  const options = { model: 'r2plus1d_narrow', projectionSize: 16 } as const
  encoder = createEncoder(engine, { ...options, seed: 1 })
  const other = createEncoder(engine, { ...options, seed: 2 })
  given = other.stateDict()
  other.dispose()
})
afterAll(() => encoder.dispose())

const prefixed = (prefix: string): [string, { shape: number[]; data: Float32Array }][] =>
  [...given].map(([name, entry]) => [prefix + name, entry])

/** A weight of the trunk and one of the head, as the encoder has them. */
function loaded(): boolean[] {
  const state = encoder.stateDict()
  return ['layer1.0.conv1.0.0.weight', 'fc.0.weight'].map((name) =>
    state.get(name)!.data.every((value, i) => value === given.get(name)!.data[i]),
  )
}

it.each(['', 'module.', 'module.encoder_q.', 'backbone.'])('takes the prefix %j off', (prefix) => {
  const report = fitWeights(encoder, new Map(prefixed(prefix)))
  expect(report).toEqual({ prefix, taken: given.size, missing: [], unexpected: [] })
  expect(loaded()).toEqual([true, true])
})

it.each([
  ['module.encoder_q.', 'module.encoder_k.'],
  ['query.', 'key.'],
])('takes %s where the file has %s, too', (prefix, copy) => {
  const state = new Map([...prefixed(copy), ...prefixed(prefix)])
  expect(fitWeights(encoder, state)).toMatchObject({ prefix, taken: given.size })
  expect(fitWeights(encoder, state).unexpected).toEqual(prefixed(copy).map(([name]) => name))
})

it('keeps its own head where the file has another or none', () => {
  const before = encoder.stateDict().get('fc.2.weight')!
  const trunk = [...given].filter(([name]) => !name.startsWith('fc.'))
  const classes: [string, { shape: number[]; data: Float32Array }] = [
    'fc.weight',
    { shape: [2, 128], data: new Float32Array(256) },
  ]
  const report = fitWeights(encoder, new Map([...trunk, classes]))
  const head = ['fc.0.weight', 'fc.0.bias', 'fc.2.weight', 'fc.2.bias']
  expect(report).toMatchObject({ missing: head, unexpected: ['fc.weight'] })
  expect(loaded()[0]).toBe(true)
  expect(encoder.stateDict().get('fc.2.weight')).toEqual(before)
})

it('says when two encoders may be meant, and when none is there', () => {
  const two = new Map([...prefixed('first.'), ...prefixed('second.')])
  expect(() => fitWeights(encoder, two)).toThrow("more than once ('first.', 'second.')")
  const part = prefixed('module.').filter(([name]) => !name.includes('layer4'))
  expect(() => fitWeights(encoder, new Map(part))).toThrow("no 'layer4.0.conv1.0.0.weight'")
  expect(() => fitWeights(encoder, new Map())).toThrow("no 'stem.0.weight' of r2plus1d_narrow")
})

it('says which weight has another shape', () => {
  const wrong = new Map(given).set('stem.0.weight', { shape: [1], data: new Float32Array(1) })
  expect(() => fitWeights(encoder, wrong)).toThrow("'stem.0.weight' has the shape [1]")
})

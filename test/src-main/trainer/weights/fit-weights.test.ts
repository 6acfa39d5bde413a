// @module-tag tensorflow
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { Projector } from '#main/trainer/methods/projector.ts'
import {
  createEncoder,
  encoderEntries,
  weightsRng,
  type Encoder,
} from '#main/trainer/encoders/encoder.ts'
import { sizeOf } from '#main/trainer/engine/tensor.ts'
import { projectionHead, toReferenceHead } from '#main/trainer/networks/heads.ts'
import type { StateDict } from '#main/trainer/networks/weights.ts'
import { fitWeights, takeWeights, type WeightsReport } from '#main/trainer/weights/fit-weights.ts'
import { tableOf } from '#main/trainer/weights/weights-table.ts'

const model = 'r2plus1d_narrow'
let encoder: Encoder
/** Encoder and head under the reference's names. */
let given: StateDict
/** The same as a checkpoint has them. */
let checkpoint: StateDict
beforeAll(async () => {
  const engine = await loadEngine('float32')
  encoder = createEncoder(engine, { model, seed: 1 })
  const other = new Projector(
    engine,
    { model, head: projectionHead({ model, projectionSize: 16 }) },
    weightsRng(2),
  )
  given = new Map([...other.encoder.stateDict(), ...toReferenceHead(model, other.head.stateDict())])
  checkpoint = other.stateDict()
  other.dispose()
})
afterAll(() => encoder.dispose())

const prefixed = (prefix: string): [string, { shape: number[]; data: Float32Array }][] =>
  [...given].map(([name, entry]) => [prefix + name, entry])

const fit = (state: StateDict): Promise<WeightsReport> => fitWeights(encoder, tableOf(state))

/** Whether the encoder has the weights that were given. */
function isLoaded(): boolean {
  const name = 'layer1.0.conv1.0.0.weight'
  return encoder
    .stateDict()
    .get(name)!
    .data.every((value, i) => value === given.get(name)!.data[i])
}

it.each([
  '',
  'module.',
  'module.encoder_q.',
  'backbone.',
  'encoder_q.0.',
  'state_dict/module.',
  'anything.at/all/net.',
])('takes the prefix %j off', async (prefix) => {
  const report = await fit(new Map(prefixed(prefix)))
  expect(report).toEqual({ prefix, taken: given.size, missing: [], unexpected: [], unreadable: [] })
  expect(isLoaded()).toBe(true)
})

it.each(['r3d_18_narrow', 'r3d_50_narrow', 's3d_narrow'] as const)(
  'takes %s out of a checkpoint of CoCLR, which lists tensors under two names',
  async (other) => {
    const whole: StateDict = new Map()
    for (const [i, { name, shape }] of encoderEntries(other).entries()) {
      const entry = { shape: [...shape], data: new Float32Array(sizeOf(shape)).fill(i) }
      for (const prefix of ['encoder_k.0.', 'encoder_q.0.']) {
        whole.set(`state_dict/module.${prefix}${name}`, entry)
        whole.set(`state_dict/module.${prefix}block${i}.0.${name.split('.').at(-1)}`, entry)
      }
    }
    const { encoder: taken, report } = await takeWeights(other, tableOf(whole))
    expect(report.prefix).toBe('state_dict/module.encoder_q.0.')
    expect(report.missing).toHaveLength(4)
    expect([...taken.values()].map(({ data }) => data[0])).toEqual(
      [...taken.keys()].map((_, i) => i),
    )
  },
)

it.each([
  ['module.encoder_q.', 'module.encoder_k.'],
  ['query.', 'key.'],
  ['encoder.', 'ema.encoder.'],
  ['encoder_q.0.', 'encoder_k.0.'],
  ['online_network.', 'target_network.'],
  ['student.backbone.', 'teacher.backbone.'],
  ['state_dict/', 'ema_state_dict/'],
  ['state_dict/module.', 'best/module.'],
])('takes %s where the file has %s, too', async (prefix, copy) => {
  const state = new Map([...prefixed(copy), ...prefixed(prefix)])
  expect(await fit(state)).toMatchObject({ prefix, taken: given.size })
  // What other tables of the file hold is nobody's concern.
  const place = prefix.slice(0, prefix.indexOf('/') + 1)
  const others = prefixed(copy).map(([name]) => name)
  expect((await fit(state)).unexpected).toEqual(others.filter((name) => name.startsWith(place)))
})

it('does without the head where the file has another or none', async () => {
  const trunk = [...given].filter(([name]) => !name.startsWith('fc.'))
  const classes: [string, { shape: number[]; data: Float32Array }] = [
    'fc.weight',
    { shape: [2, 128], data: new Float32Array(256) },
  ]
  const report = await fit(new Map([...trunk, classes]))
  const head = ['fc.0.weight', 'fc.0.bias', 'fc.2.weight', 'fc.2.bias']
  expect(report).toMatchObject({ missing: head, unexpected: ['fc.weight'] })
  expect(isLoaded()).toBe(true)
  const { head: other } = await takeWeights(model, tableOf(new Map([...trunk, classes])))
  expect(other).toBeNull()
})

it('takes the head with the size of its projections, under any names that it may have', async () => {
  for (const state of [given, new Map(prefixed('module.')), checkpoint]) {
    const { head, report } = await takeWeights(model, tableOf(state))
    expect(head?.projectionSize).toBe(16)
    expect(head?.state.get('2.weight')).toEqual(given.get('fc.2.weight'))
    expect(report).toMatchObject({ taken: given.size, missing: [], unexpected: [] })
  }
})

it('says when two encoders may be meant, and when none is there', async () => {
  const two = new Map([...prefixed('first.'), ...prefixed('second.')])
  await expect(fit(two)).rejects.toThrow("more than once ('first.', 'second.')")
  const part = prefixed('module.').filter(([name]) => !name.includes('layer4'))
  await expect(fit(new Map(part))).rejects.toThrow("no 'module.layer4.0.conv1.0.0.weight'")
  await expect(fit(new Map())).rejects.toThrow("no 'stem.0.weight' of r2plus1d_narrow")
})

it('says which weight has another shape', async () => {
  const wrong = new Map(given).set('stem.0.weight', { shape: [1], data: new Float32Array(1) })
  await expect(fit(wrong)).rejects.toThrow("'stem.0.weight' has the shape [1]")
})

it('reads nothing but what it takes, whatever else the file claims to hold', async () => {
  const huge = ['optimizer/exp_avg', 'state_dict/queue', 'state_dict/fc.2.weight']
  const state = new Map(prefixed('state_dict/'))
  const shapes = new Map<string, readonly number[]>([...state].map(([n, t]) => [n, t.shape]))
  for (const name of huge) shapes.set(name, [2 ** 40])
  const read = async (name: string): Promise<Float32Array> => {
    if (huge.includes(name)) throw new Error(`${name} was read`)
    return state.get(name)!.data
  }
  const report = await fitWeights(encoder, { shapes, unreadable: new Map(), read })
  expect(report.unexpected).toContain('state_dict/queue')
  expect(report.missing).toContain('fc.2.weight')
})

it.each([NaN, Infinity])('refuses %s, by the name of its tensor', async (value) => {
  const name = 'layer1.0.conv1.0.0.weight'
  const { shape, data } = given.get(name)!
  const broken = { shape, data: Float32Array.from(data, (x, i) => (i === 3 ? value : x)) }
  const state = new Map(prefixed('module.')).set(`module.${name}`, broken)
  await expect(fit(state)).rejects.toThrow(`'module.${name}' has ${value} at position 3`)
})

it('says of what a tensor is made that cannot be read', async () => {
  const name = 'stem.0.weight'
  const table = tableOf(new Map([...given].filter(([each]) => each !== name)))
  const odd = { ...table, unreadable: new Map([[name, 'torch.complex64']]) }
  await expect(fitWeights(encoder, odd)).rejects.toThrow(`'${name}' has the type torch.complex64`)
  const beside = { ...tableOf(given), unreadable: new Map([['ids', 'torch.uint16']]) }
  expect((await fitWeights(encoder, beside)).unreadable).toEqual(['ids (torch.uint16)'])
})

it('does without the norm of a feature that pretraining has not trained', async () => {
  const tiny = encoderEntries('vit_tiny')
  const pretrained: StateDict = new Map(
    tiny
      .filter(({ name }) => !name.startsWith('fc_norm'))
      .map(({ name, shape }) => [
        `model/encoder.${name}`,
        { shape: [...shape], data: new Float32Array(sizeOf(shape)).fill(0.5) },
      ]),
  )
  const norm = { shape: [192], data: new Float32Array(192).fill(2) }
  pretrained.set('model/encoder.norm.weight', norm)
  const { encoder: taken, report } = await takeWeights('vit_tiny', tableOf(pretrained))
  expect([...taken.keys()]).toEqual(tiny.map(({ name }) => name))
  expect(new Set(taken.get('fc_norm.weight')!.data)).toEqual(new Set([1]))
  expect(new Set(taken.get('fc_norm.bias')!.data)).toEqual(new Set([0]))
  expect(taken.get('blocks.3.attn.q_bias')!.data[0]).toBe(0.5)
  expect(report.missing.slice(0, 2)).toEqual(['fc_norm.weight', 'fc_norm.bias'])
  expect(report.unexpected).toEqual(['model/encoder.norm.weight'])
})

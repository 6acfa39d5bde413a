// @module-tag tensorflow
import { globSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { METHODS } from '#shared/methods/index.ts'
import { noiseViews, placeAt, smallConfig } from '#main/selftest/checks/methods.ts'
import type { Binding } from '#main/trainer/engine/binding.ts'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { engineOps } from '#main/trainer/engine/engine-ops.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { missingKernels, missingSentence, typesOn } from '#main/trainer/engine/missing-kernels.ts'
import { loadRegistry, type KernelsFor } from '#main/trainer/engine/registry.ts'
import { DType } from '#main/trainer/engine/tensor.ts'
import { createLearner } from '#main/trainer/methods/index.ts'
import { Training } from '#main/trainer/training/training.ts'

/** `op attribute type`, for every op that ran. */
const ran = new Set<string>()
const nameOf = (type: unknown): string =>
  Object.entries(DType).find(([, number]) => number === type)?.[0] ?? String(type)

/** The attribute's number in TensorFlow's C API for an element type. */
const TYPE = 4

function recording(binding: Binding): Binding {
  return {
    TF_Version: binding.TF_Version,
    createTensor: (shape, dtype, data) => binding.createTensor(shape, dtype, data),
    deleteTensor: (id) => binding.deleteTensor(id),
    tensorDataSync: (id) => binding.tensorDataSync(id),
    isUsingGpuDevice: () => binding.isUsingGpuDevice(),
    getNumOfTensors: () => binding.getNumOfTensors(),
    executeOp: (name, attributes, inputs, outputs) => {
      for (const { name: attribute, type, value } of attributes) {
        if (type === TYPE) ran.add(`${name} ${attribute} ${nameOf(value)}`)
      }
      return binding.executeOp(name, attributes, inputs, outputs)
    },
  }
}

let engine: Engine
let registry: KernelsFor | null
beforeAll(async () => {
  engine = (await loadEngine('float32', recording)).withoutKernels()
  registry = loadRegistry()
})

const hasRegistry = (): KernelsFor => {
  if (registry) return registry
  throw new Error('Build the reader of the registry first: npm run setup.')
}

describe('the table of ops', () => {
  it('has every op that a source of the trainer names, and no other', () => {
    const kernelsFor = hasRegistry()
    const sources = globSync('src-main/trainer/**/*.ts')
      .filter((file) => !file.endsWith('engine-ops.ts'))
      .map((file) => readFileSync(file, 'utf8'))
    const words = sources.flatMap((text) => {
      const quoted = [...text.matchAll(/'([A-Z][A-Za-z0-9]+)'/g)].map(([, word]) => word)
      // An op whose gradient is named after it.
      return text.includes('${name}Grad`') ? quoted.flatMap((op) => [op, `${op}Grad`]) : quoted
    })
    const ops = [...new Set(words)].filter((word) => kernelsFor(word).length > 0)
    const own = ops.filter((op) => !op.startsWith('Fame'))
    expect(engineOps.map(({ op }) => op)).toEqual(own.sort())
  })

  it.each(METHODS)('has the types that a step of %s uses', (method) => {
    const config = smallConfig(method, { batch: 2, precision: 'float32' })
    const training = new Training(engine, createLearner(engine, config), config)
    training.accumulate(noiseViews(config, 0), placeAt(config, 0))
    training.finishStep(config.lr)
    training.dispose()
    const known = new Set(
      engineOps.flatMap(({ op, types, onCpu = {} }) =>
        [types, onCpu].flatMap((uses) =>
          Object.entries(uses).flatMap(([attribute, used]) =>
            used.map((type) => `${op} ${attribute} ${type}`),
          ),
        ),
      ),
    )
    expect([...ran].filter((use) => !known.has(use))).toEqual([])
  })
})

describe('TensorFlow’s registry', () => {
  it('has a kernel of the processor for all that the engine uses', () => {
    expect(missingKernels(hasRegistry(), 'CPU', 'float32')).toEqual([])
  })

  it('tells the types of an op, and nothing of one that it does not know', () => {
    expect(typesOn(hasRegistry()('Conv3D'), 'CPU', 'T')).toContain('float32')
    expect(hasRegistry()('NoSuchOp')).toEqual([])
    expect(typesOn([], 'GPU', 'T')).toBe('none')
  })
})

describe('kernels that are missing', () => {
  const ops = [{ op: 'Conv3D', types: { T: ['float32', 'bfloat16'] } }] as const
  const gpu =
    (...types: number[]): KernelsFor =>
    () => [
      { device: 'CPU', types: { T: [1, 14] } },
      { device: 'GPU', types: { T: types } },
    ]

  it('are told by name, for the precision of a run', () => {
    expect(missingKernels(gpu(1), 'GPU', 'float32', ops)).toEqual([])
    const missing = missingKernels(gpu(1), 'GPU', 'bfloat16', ops)
    expect(missing).toEqual([{ op: 'Conv3D', attribute: 'T', type: 'bfloat16' }])
    expect(missingSentence(missing, 'GPU')).toContain('no GPU kernel for Conv3D of bfloat16')
    expect(missingSentence([], 'GPU')).toBeNull()
  })

  it('are not those that TensorFlow registers for every device, or for every type', () => {
    const everywhere: KernelsFor = () => [{ device: 'DEFAULT', types: {} }]
    expect(missingKernels(everywhere, 'GPU', 'bfloat16', ops)).toEqual([])
    expect(typesOn(everywhere('Conv3D'), 'GPU', 'T')).toBe('any')
  })
})

// @module-tag tensorflow
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { batchNorm } from '#main/trainer/engine/ops/batch-norm.ts'
import { relu } from '#main/trainer/engine/ops/elementwise.ts'
import { maxPool } from '#main/trainer/engine/ops/max-pool.ts'
import { centredPadding, filledPadding, samePadding } from '#main/trainer/engine/ops/padding.ts'
import { blend, sgdStep } from '#main/trainer/engine/ops/update.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { DType, sizeOf, type Tensor } from '#main/trainer/engine/tensor.ts'
import {
  rounding,
  shouldUseKernels,
  shouldUseMatrixUnit,
  sumTolerance,
  usesKernels,
  type Format,
} from '../arithmetic.ts'
import { relativeError } from '../golden-networks.ts'
import { errors, noise, run } from './kernel-runs.ts'

/** The workbench's own ops are held against TensorFlow's in float64, which they do not serve. */
let engine: Engine
let exact: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
  exact = engine.inDoublePrecision()
})

it.runIf(shouldUseKernels)('has the kernels that any x86-64 processor can use', () => {
  const { norm, update, maxPool: pool } = engine.kernels
  expect({ norm, update, pool }).toEqual({ norm: true, update: true, pool: true })
})

it.runIf(shouldUseMatrixUnit)('has the convolution kernels for the matrix unit (AMX)', () => {
  const { temporalConv, conv: volumes } = engine.kernels
  expect({ temporalConv, volumes }).toEqual({ temporalConv: true, volumes: true })
})

/**
 * The workbench's kernel computes in float32 and rounds each result once. TensorFlow's ops round
 * what goes from one to the next: x scaled, the sum with the shortcut, and the gradients likewise.
 * The statistics are sums over all positions of a channel, and ten operations in float32 follow.
 */
function normTolerance(format: Format, shape: readonly number[]): number {
  const positions = sizeOf(shape) / shape[4]
  const roundings = usesKernels ? 1 : 3
  const passedOn = (roundings - 1) * rounding[format] + 10 * rounding.float32
  return passedOn + sumTolerance(format, positions)
}

describe.each(['float32', 'bfloat16'] as const)('batch normalisation in %s', (element: Format) => {
  const cases = [
    { shape: [2, 3, 5, 7, 48], relu: true, shortcut: false },
    { shape: [2, 3, 5, 7, 48], relu: false, shortcut: false },
    { shape: [2, 3, 5, 7, 48], relu: true, shortcut: true },
    { shape: [1, 1, 1, 3, 5], relu: true, shortcut: true },
    { shape: [2, 4, 40, 40, 144], relu: true, shortcut: true },
  ]
  it.each(cases)('agrees with single ops: $shape, ReLU $relu, shortcut $shortcut', (options) => {
    const { shape, relu, shortcut } = options
    const c = [shape[4]]
    const inputs = {
      x: { shape, data: noise(shape, 1, 3) },
      scale: { shape: c, data: noise(c, 2, 1), master: true },
      offset: { shape: c, data: noise(c, 3), master: true },
      ...(shortcut ? { shortcut: { shape, data: noise(shape, 4) } } : {}),
    }
    const dy = noise(shape, 5)
    const work = (tape: Tape, tensors: Record<string, Tensor>): Record<string, Tensor> => {
      const { x, scale, offset } = tensors
      const start = (value: number): Tensor =>
        tape.engine.tensor(new Float32Array(c[0]).fill(value), c)
      const norm = { scale, offset, runningMean: start(0.5), runningVariance: start(2) }
      const result = batchNorm(tape, x, norm, {
        training: true,
        relu,
        shortcut: tensors.shortcut ?? null,
      })
      return { ...result }
    }
    const ours = run(engine, DType[element], inputs, dy, work)
    const theirs = run(exact, DType.float64, inputs, dy, work)
    for (const [name, error] of Object.entries(errors(ours, theirs))) {
      expect(error, name).toBeLessThan(normTolerance(element, shape))
    }
  })

  it.each(cases)('agrees in evaluation mode: $shape, ReLU $relu, shortcut $shortcut', (options) => {
    const { shape, relu, shortcut } = options
    const c = [shape[4]]
    const evaluated = (on: Engine, type: DType): Float32Array =>
      on.scope(() => {
        const numbers = (seed: number, mean: number): Tensor =>
          on.tensor(noise(c, seed, mean).map(Math.abs), c)
        const clip = (seed: number): Tensor => on.cast(on.tensor(noise(shape, seed), shape), type)
        const norm = {
          scale: numbers(2, 1),
          offset: numbers(3, 0),
          runningMean: numbers(4, 0),
          runningVariance: numbers(5, 3),
        }
        const around = shortcut ? clip(6) : null
        const { y } = batchNorm(new Tape(on), clip(1), norm, {
          training: false,
          relu,
          shortcut: around,
        })
        return on.read(y).slice()
      })
    const error = relativeError(evaluated(engine, DType[element]), evaluated(exact, DType.float64))
    expect(error).toBeLessThan(normTolerance(element, shape))
  })

  it('lets what is not a number through', () => {
    const shape = [1, 1, 2, 2, 4]
    const data = noise(shape, 1)
    data[5] = NaN
    const c = { shape: [4], data: noise([4], 2), master: true }
    const inputs = { x: { shape, data }, scale: c, offset: c }
    const { y } = run(engine, DType[element], inputs, data, (tape, { x, scale, offset }) => {
      const norm = { scale, offset, runningMean: offset, runningVariance: scale }
      return { ...batchNorm(tape, x, norm, { training: true, relu: true, shortcut: null }) }
    })
    expect([...y].map(Number.isNaN)).toEqual(Array.from({ length: 16 }, (_, i) => i % 4 === 1))
  })
})

// TensorFlow's own op chooses otherwise among equals, and leaves out what is not a number.
const withKernels = describe.runIf(shouldUseKernels)

withKernels.each(['float32', 'bfloat16'] as const)('max pooling in %s', (element: Format) => {
  const cases = [
    { shape: [2, 3, 9, 10, 48], kernel: [1, 3, 3], stride: [1, 2, 2] },
    { shape: [1, 5, 7, 6, 33], kernel: [3, 3, 3], stride: [2, 2, 2] },
    { shape: [2, 4, 7, 7, 80], kernel: [3, 3, 3], stride: [1, 1, 1] },
    { shape: [1, 4, 6, 6, 16], kernel: [2, 2, 2], stride: [2, 2, 2] },
    { shape: [2, 3, 9, 10, 16], kernel: [1, 3, 3], stride: [1, 2, 2], padding: samePadding },
    { shape: [1, 5, 7, 6, 33], kernel: [3, 3, 3], stride: [2, 2, 2], padding: centredPadding },
    { shape: [1, 4, 7, 6, 16], kernel: [2, 2, 2], stride: [2, 2, 2], padding: centredPadding },
  ] as const
  it.each(cases)('takes what single ops take: $shape by $kernel', (one) => {
    const { shape, kernel, stride } = one
    const padding = 'padding' in one ? one.padding : filledPadding
    // Few different values, so that many windows have several that are equal.
    const data = noise(shape, 1).map((value) => Math.round(value))
    const inputs = { x: { shape, data } }
    const dy = noise(pooledShape(), 2)
    const work = (tape: Tape, { x }: Record<string, Tensor>): Record<string, Tensor> => ({
      y: maxPool(tape, relu(tape, x), { kernel, stride, padding }),
    })
    const ours = run(engine, DType[element], inputs, dy, work)
    const theirs = run(exact, DType.float64, inputs, dy, work)
    expect(ours.y).toEqual(theirs.y)
    // A gradient is the sum of what the windows that overlap send back.
    const windows = sizeOf(kernel)
    const tolerance = sumTolerance(element, windows)
    expect(relativeError(ours['d x'], theirs['d x'])).toBeLessThan(tolerance)

    function pooledShape(): readonly number[] {
      return engine.scope(
        () =>
          maxPool(new Tape(engine), engine.tensor(data, shape), { kernel, stride, padding }).shape,
      )
    }
  })

  it('lets what is not a number through', () => {
    const shape = [1, 1, 2, 4, 2]
    const data = noise(shape, 1).map((value, i) => (i === 5 ? NaN : Math.abs(value)))
    const dy = new Float32Array(4)
    const { y } = run(engine, DType[element], { x: { shape, data } }, dy, (tape, { x }) => ({
      y: maxPool(tape, x, { kernel: [1, 2, 2], stride: [1, 2, 2], padding: filledPadding }),
    }))
    expect([...y].map(Number.isNaN)).toEqual([false, false, false, true])
  })
})

describe('the updates of all parameters', () => {
  const size = 100_003
  const values = (seed: number): Float32Array => noise([size], seed)

  it('blends and steps as single ops do', () => {
    const update = (on: Engine): Float32Array[] =>
      on.scope(() => {
        const [x, y, z] = [1, 2, 3].map((seed) => on.tensor(values(seed), [size]))
        const { theta, v } = sgdStep(on, x, y, z, { lr: 0.3, momentum: 0.9, weightDecay: 0.01 })
        return [blend(on, x, y, 0.75), theta, v].map((tensor) => on.read(tensor).slice())
      })
    const theirs = update(exact)
    update(engine).forEach((ours, i) => {
      expect(relativeError(ours, theirs[i])).toBeLessThan(sumTolerance('float32', 4))
    })
  })
})

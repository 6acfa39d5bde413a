// @module-tag tensorflow
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { batchNorm } from '#main/trainer/engine/ops/batch-norm.ts'
import { conv } from '#main/trainer/engine/ops/conv.ts'
import type { ConvGeometry } from '#main/trainer/engine/ops/conv-geometry.ts'
import { relu } from '#main/trainer/engine/ops/elementwise.ts'
import { maxPool } from '#main/trainer/engine/ops/max-pool.ts'
import { blend, sgdStep } from '#main/trainer/engine/ops/update.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { DType, sizeOf, type Tensor } from '#main/trainer/engine/tensor.ts'
import { Rng } from '#shared/random/rng.ts'
import {
  getsBfloat16,
  rounding,
  shouldUseKernels,
  shouldUseMatrixUnit,
  sumTolerance,
  usesKernels,
  type Format,
} from '../arithmetic.ts'
import { relativeError } from '../golden-networks.ts'

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

function noise(shape: readonly number[], seed: number, mean = 0): Float32Array {
  const rng = new Rng(seed)
  // What bfloat16 holds exactly, so that only the arithmetic is compared.
  return Float32Array.from(
    { length: sizeOf(shape) },
    () => Math.round(32 * (mean + rng.normal())) / 32,
  )
}

/** The most products that y or a gradient sums: over the taps and channels, or over the positions. */
function summands(w: readonly number[], dy: Float32Array): number {
  return Math.max(sizeOf(w) / Math.min(w[3], w[4]), dy.length / w[4])
}

/** Values and gradients of an op, run in one element type of one engine. */
function run(
  on: Engine,
  element: DType,
  inputs: Record<string, { shape: readonly number[]; data: Float32Array; master?: boolean }>,
  dy: Float32Array,
  work: (tape: Tape, tensors: Record<string, Tensor>) => Record<string, Tensor>,
): Record<string, Float32Array> {
  return on.scope(() => {
    const tape = new Tape(on)
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([name, { shape, data, master }]) => {
        const tensor = on.tensor(data, shape)
        return [name, master ? tensor : on.cast(tensor, element)]
      }),
    )
    tape.watch(Object.values(tensors))
    const { y, ...others } = work(tape, tensors)
    const gradient = on.cast(on.tensor(dy, y.shape), element)
    const gradients = tape.backward(y, gradient)
    const read = (tensor: Tensor): Float32Array => on.read(tensor).slice()
    const values = Object.entries({ y, ...others }).map(([name, t]) => [name, read(t)] as const)
    const slopes = Object.entries(tensors)
      .filter(([, tensor]) => gradients.has(tensor))
      .map(([name, tensor]) => [`d ${name}`, read(gradients.get(tensor)!)] as const)
    gradients.forEach((held) => on.release(held))
    return Object.fromEntries([...values, ...slopes])
  })
}

function errors(
  ours: Record<string, Float32Array>,
  theirs: Record<string, Float32Array>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(theirs).map(([name, values]) => [name, relativeError(ours[name], values)]),
  )
}

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

// Where no run computes in bfloat16, there is no kernel for it.
const withBfloat16 = describe.runIf(getsBfloat16)

withBfloat16('convolution over time in bfloat16', () => {
  const cases = [
    { x: [2, 4, 8, 8, 32], outputs: 32, k: 3, stride: 1 },
    { x: [1, 5, 7, 7, 144], outputs: 64, k: 3, stride: 1 },
    { x: [2, 16, 5, 4, 48], outputs: 80, k: 3, stride: 2 },
    { x: [1, 3, 9, 11, 64], outputs: 144, k: 5, stride: 1 },
    { x: [1, 7, 28, 28, 112], outputs: 32, k: 3, stride: 2 },
    { x: [3, 1, 4, 4, 96], outputs: 48, k: 3, stride: 1 },
    { x: [2, 2, 4, 5, 256], outputs: 192, k: 3, stride: 1 },
    { x: [2, 4, 7, 10, 176], outputs: 272, k: 3, stride: 2 },
  ]
  it.each(cases)('agrees with one over volumes: $x, $k frames, stride $stride', (options) => {
    const { x, outputs, k, stride } = options
    const geometry: ConvGeometry = {
      kernel: [k, 1, 1],
      stride: [stride, 1, 1],
      padding: [
        [(k - 1) / 2, (k - 1) / 2],
        [0, 0],
        [0, 0],
      ],
    }
    const wShape = [k, 1, 1, x[4], outputs]
    const inputs = {
      x: { shape: x, data: noise(x, 1) },
      w: { shape: wShape, data: noise(wShape, 2) },
    }
    const frames = Math.ceil(x[1] / stride)
    const dy = noise([x[0], frames, x[2], x[3], outputs], 3)
    const work = (tape: Tape, tensors: Record<string, Tensor>): Record<string, Tensor> => ({
      y: conv(tape, tensors.x, tensors.w, geometry),
    })
    const ours = run(engine, DType.bfloat16, inputs, dy, work)
    const theirs = run(exact, DType.float64, inputs, dy, work)
    for (const [name, error] of Object.entries(errors(ours, theirs))) {
      expect(error, name).toBeLessThan(sumTolerance('bfloat16', summands(wShape, dy)))
    }
  })
})

withBfloat16('convolution over volumes in bfloat16', () => {
  const cases = [
    { x: [2, 4, 14, 14, 32], outputs: 48, kernel: [1, 3, 3], stride: [1, 1, 1], pad: 1 },
    { x: [1, 3, 28, 29, 64], outputs: 144, kernel: [1, 3, 3], stride: [1, 1, 1], pad: 1 },
    { x: [2, 3, 13, 14, 48], outputs: 80, kernel: [1, 3, 3], stride: [1, 2, 2], pad: 1 },
    { x: [2, 5, 7, 6, 16], outputs: 32, kernel: [3, 3, 3], stride: [1, 1, 1], pad: 1 },
    { x: [1, 6, 9, 9, 112], outputs: 224, kernel: [3, 3, 3], stride: [1, 1, 1], pad: 1 },
    { x: [2, 6, 9, 10, 3], outputs: 32, kernel: [7, 7, 7], stride: [2, 2, 2], pad: 3 },
    { x: [2, 3, 20, 21, 3], outputs: 48, kernel: [1, 7, 7], stride: [1, 2, 2], pad: 3 },
    { x: [1, 2, 7, 7, 256], outputs: 320, kernel: [1, 3, 3], stride: [1, 1, 1], pad: 1 },
    { x: [1, 3, 4, 5, 16], outputs: 16, kernel: [2, 2, 4], stride: [1, 1, 1], pad: 0 },
    { x: [1, 2, 8, 9, 32], outputs: 64, kernel: [1, 1, 1], stride: [1, 2, 2], pad: 0 },
    { x: [2, 3, 8, 9, 5], outputs: 16, kernel: [1, 3, 3], stride: [1, 1, 1], pad: 1 },
    { x: [1, 3, 8, 9, 15], outputs: 7, kernel: [3, 3, 3], stride: [1, 1, 1], pad: 1 },
  ] as const
  it.each(cases)('agrees with single ops: $x by $kernel, stride $stride', (options) => {
    const { x, outputs, kernel, stride, pad } = options
    const pads = kernel.map((k, i): [number, number] => {
      const before = Math.min(pad, Math.floor((k - 1) / 2))
      // The odd one behind, as I3D has it.
      return [before, stride[i] > 1 && before > 0 ? before - 1 : before]
    })
    const padding = pads as unknown as ConvGeometry['padding']
    const wShape = [...kernel, x[4], outputs]
    const inputs = {
      x: { shape: x, data: noise(x, 1) },
      w: { shape: wShape, data: noise(wShape, 2) },
    }
    const size = kernel.map((k, i) =>
      Math.floor((x[i + 1] + pads[i][0] + pads[i][1] - k) / stride[i] + 1),
    )
    const dy = noise([x[0], ...size, outputs], 3)
    const work = (tape: Tape, tensors: Record<string, Tensor>): Record<string, Tensor> => ({
      y: conv(tape, tensors.x, tensors.w, { kernel, stride, padding }),
    })
    const ours = run(engine, DType.bfloat16, inputs, dy, work)
    const theirs = run(exact, DType.float64, inputs, dy, work)
    for (const [name, error] of Object.entries(errors(ours, theirs))) {
      expect(error, name).toBeLessThan(sumTolerance('bfloat16', summands(wShape, dy)))
    }
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
  ] as const
  it.each(cases)('takes what single ops take: $shape by $kernel', ({ shape, kernel, stride }) => {
    // Few different values, so that many windows have several that are equal.
    const data = noise(shape, 1).map((value) => Math.round(value))
    const inputs = { x: { shape, data } }
    const dy = noise(pooledShape(), 2)
    const work = (tape: Tape, { x }: Record<string, Tensor>): Record<string, Tensor> => ({
      y: maxPool(tape, relu(tape, x), kernel, stride),
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
        () => maxPool(new Tape(engine), engine.tensor(data, shape), kernel, stride).shape,
      )
    }
  })

  it('lets what is not a number through', () => {
    const shape = [1, 1, 2, 4, 2]
    const data = noise(shape, 1).map((value, i) => (i === 5 ? NaN : Math.abs(value)))
    const dy = new Float32Array(4)
    const { y } = run(engine, DType[element], { x: { shape, data } }, dy, (tape, { x }) => ({
      y: maxPool(tape, x, [1, 2, 2], [1, 2, 2]),
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

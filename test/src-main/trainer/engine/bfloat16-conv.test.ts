// @module-tag tensorflow
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { conv } from '#main/trainer/engine/ops/conv.ts'
import type { ConvGeometry } from '#main/trainer/engine/ops/conv-geometry.ts'
import type { AllOwnConv } from '#main/trainer/engine/ops/own-conv.ts'
import { pairKernels } from '#main/trainer/engine/ops/pair-conv.ts'
import { isOfWinograd, winogradKernels } from '#main/trainer/engine/ops/winograd.ts'
import { processorFlags } from '#main/trainer/engine/processor.mjs'
import { Tape } from '#main/trainer/engine/tape.ts'
import { DType, sizeOf, type Tensor } from '#main/trainer/engine/tensor.ts'
import { getsBfloat16, shouldUseKernels, sumTolerance } from '../arithmetic.ts'
import { relativeError } from '../golden-networks.ts'
import { errors, noise, run } from './kernel-runs.ts'

/** The workbench's own ops are held against TensorFlow's in float64, which they do not serve. */
let engine: Engine
let exact: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
  exact = engine.inDoublePrecision()
})

/** The most products that y or a gradient sums: over the taps and channels, or over the positions. */
function summands(w: readonly number[], dy: Float32Array): number {
  return Math.max(sizeOf(w) / Math.min(w[3], w[4]), dy.length / w[4])
}

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

const hasPairs = /\bavx512_bf16\b/.test(processorFlags())

describe.runIf(shouldUseKernels && hasPairs)('the kernels for pairs of bfloat16', () => {
  it('are there', () => expect(engine.kernels.pairConv).toBe(true))

  const none = [0, 0] as const
  const one = [1, 1] as const
  const cases: Record<string, ConvGeometry & { x: number[]; outputs: number }> = {
    'few channels by strides': {
      ...{ x: [2, 3, 21, 20, 3], outputs: 48, kernel: [1, 7, 7], stride: [1, 2, 2] },
      padding: [none, [2, 3], [2, 3]],
    },
    'images of whole tiles': {
      ...{ x: [1, 2, 12, 16, 48], outputs: 80, kernel: [1, 3, 3], stride: [1, 1, 1] },
      padding: [none, one, one],
    },
    'an odd number of channels': {
      ...{ x: [1, 2, 7, 9, 45], outputs: 70, kernel: [1, 3, 3], stride: [1, 1, 1] },
      padding: [none, one, one],
    },
    'frames over time': {
      ...{ x: [2, 5, 6, 7, 144], outputs: 64, kernel: [3, 1, 1], stride: [1, 1, 1] },
      padding: [one, none, none],
    },
    volumes: {
      ...{ x: [2, 4, 14, 13, 96], outputs: 128, kernel: [3, 3, 3], stride: [1, 1, 1] },
      padding: [one, one, one],
    },
    'single places by strides': {
      ...{ x: [1, 5, 8, 9, 24], outputs: 32, kernel: [1, 1, 1], stride: [2, 2, 2] },
      padding: [none, none, none],
    },
  }
  it.each(Object.entries(cases))('agree with double precision: %s', (_, of) => {
    const { x: shape, outputs, kernel, stride, padding } = of
    const wShape = [...kernel, shape[4], outputs]
    const size = kernel.map(
      (k, i) => Math.floor((shape[i + 1] + padding[i][0] + padding[i][1] - k) / stride[i]) + 1,
    )
    const dy = noise([shape[0], ...size, outputs], 3)
    const inputs = {
      x: { shape, data: noise(shape, 1) },
      w: { shape: wShape, data: noise(wShape, 2) },
    }
    const theirs = run(exact, DType.float64, inputs, dy, (tape, { x, w }) => ({
      y: conv(tape, x, w, of),
    }))
    const byKernels = (kernels: typeof pairKernels): Record<string, Float32Array> =>
      engine.scope(() => {
        const tensor = (data: Float32Array, its: readonly number[]): Tensor =>
          engine.cast(engine.tensor(data, its), DType.bfloat16)
        const x = tensor(inputs.x.data, shape)
        const own: AllOwnConv = kernels(engine, x, tensor(inputs.w.data, wShape), of)
        const gradient = tensor(dy, [shape[0], ...size, outputs])
        const results = {
          y: own.forward(x),
          'd x': own.input(gradient),
          'd w': own.filter(x, gradient),
        }
        return Object.fromEntries(
          Object.entries(results).map(([name, t]) => [name, engine.read(t).slice()]),
        )
      })
    const all = [pairKernels, ...(isOfWinograd(of) ? [winogradKernels] : [])]
    for (const kernels of all) {
      const ours = byKernels(kernels)
      for (const [name, values] of Object.entries(theirs)) {
        const near = sumTolerance('bfloat16', summands(wShape, dy))
        expect(relativeError(ours[name], values), `${kernels.name}: ${name}`).toBeLessThan(near)
      }
      // The sums for w are not rounded.
      expect(relativeError(ours['d w'], theirs['d w'])).toBeLessThan(1e-5)
    }
  })

  it('are what a convolution in bfloat16 takes where they are faster', () => {
    const of = cases['images of whole tiles']
    if (engine.kernels.conv) return
    engine.scope(() => {
      const x = engine.cast(engine.tensor(noise(of.x, 1), of.x), DType.bfloat16)
      const wShape = [...of.kernel, of.x[4], of.outputs]
      const w = engine.cast(engine.tensor(noise(wShape, 2), wShape), DType.bfloat16)
      const taken = engine.read(conv(new Tape(engine), x, w, of)).slice()
      expect(taken).toEqual(engine.read(winogradKernels(engine, x, w, of).forward(x)).slice())
    })
  })
})

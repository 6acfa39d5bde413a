// @module-tag tensorflow
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { upConv } from '#main/trainer/engine/ops/conv.ts'
import type { Triple } from '#main/trainer/engine/ops/conv-geometry.ts'
import { leakyRelu, sigmoid, tanh } from '#main/trainer/engine/ops/elementwise.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { DType, sizeOf, type Tensor } from '#main/trainer/engine/tensor.ts'
import { Blueprint } from '#main/trainer/networks/blueprint.ts'
import { constant } from '#main/trainer/networks/initial.ts'
import { fromInner } from '#main/trainer/networks/layout.ts'
import { Network } from '#main/trainer/networks/network.ts'
import { getsBfloat16, rounding } from '../arithmetic.ts'
import { relativeError } from '../golden-networks.ts'
import { noise, run } from './kernel-runs.ts'

type Slopes = Record<'y' | 'dx', number[]>

/** Outputs and gradients that PyTorch gives in float64; inputs are `wave`s. */
interface Figures {
  upConv: (Slopes &
    Record<'stride' | 'padding' | 'outputPadding', Triple> &
    Record<'x' | 'w' | 'yShape' | 'dw' | 'db', number[]> & { name: string })[]
  elementwise: Record<'leakyRelu' | 'sigmoid' | 'tanh', Slopes>
}

const figures = JSON.parse(
  readFileSync(new URL('../../../fixtures/trainer-up-ops.json', import.meta.url), 'utf8'),
) as Figures

const elementwise = {
  leakyRelu: (tape: Tape, x: Tensor) => leakyRelu(tape, x, 0.2),
  sigmoid,
  tanh,
}

/** sin(0.7 (i i mod 10007) + k): the square keeps sums of products from cancelling. */
function wave(shape: readonly number[], k: number): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) =>
    Math.sin(0.7 * ((i * i) % 10007) + k),
  )
}

interface Setting {
  title: string
  engine: () => Engine
  tolerance: number
}

const engines = new Map<string, Engine>()
const settings: Setting[] = [
  { title: 'float32', engine: () => engines.get('float32')!, tolerance: 1e-5 },
  { title: 'float64', engine: () => engines.get('float64')!, tolerance: 1e-6 },
]
/** Both factors and the sum are rounded; sums may cancel to a quarter of what independent numbers give. */
const halfPrecision: Setting = {
  title: 'bfloat16',
  engine: () => engines.get('bfloat16')!,
  tolerance: (4 * 2 + 1) * rounding.bfloat16,
}

beforeAll(async () => {
  const single = await loadEngine('float32')
  engines.set('float32', single)
  engines.set('float64', single.inDoublePrecision())
  engines.set('bfloat16', await loadEngine('bfloat16'))
})

describe.each(settings)('in $title', agreesWithPyTorch)
// Elsewhere no run computes in bfloat16, and loading the engine gives float32.
describe.runIf(getsBfloat16).each([halfPrecision])('in $title', agreesWithPyTorch)

function agreesWithPyTorch({ engine: get, tolerance }: Setting): void {
  it.each(figures.upConv)('a transposed convolution agrees with PyTorch: $name', (figure) => {
    const [inputs, outputs, t, h, w] = figure.w
    const blueprint = new Blueprint()
    const layer = blueprint.upConv('up', {
      ...figure,
      inputs,
      outputs,
      kernel: [t, h, w],
      initial: constant(0),
      bias: constant(0),
    })
    const engine = get()
    const network = new Network(engine, { entries: blueprint.entries, layer }, null)
    network.loadStateDict(
      new Map([
        ['up.weight', { shape: figure.w, data: wave(figure.w, 2) }],
        ['up.bias', { shape: [outputs], data: wave([outputs], 4) }],
      ]),
    )
    engine.scope(() => {
      const tape = new Tape(engine)
      const opened = network.weights.open()
      const x = engine.cast(engine.tensor(wave(figure.x, 1), figure.x), engine.compute)
      tape.watch([x, ...opened.values()])
      const y = network.run(tape, x, opened, 'train')
      expect(y.shape).toEqual(figure.yShape)
      const dy = engine.cast(engine.tensor(wave(y.shape, 3), y.shape), y.dtype)
      const gradients = tape.backward(y, dy)
      const [weight, bias] = blueprint.entries.map((entry) => {
        return fromInner(entry, engine.read(gradients.get(opened.get(entry)!)!))
      })
      expect(relativeError(engine.read(y), figure.y)).toBeLessThan(tolerance)
      expect(relativeError(engine.read(gradients.get(x)!), figure.dx)).toBeLessThan(tolerance)
      expect(relativeError(weight, figure.dw)).toBeLessThan(tolerance)
      expect(relativeError(bias, figure.db)).toBeLessThan(tolerance)
      gradients.forEach((held) => engine.release(held))
    })
    network.dispose()
  })

  it.each(Object.entries(elementwise))('%s agrees with PyTorch', (name, op) => {
    const shape = [2, 1, 2, 3, 4]
    const { y, dx } = figures.elementwise[name as keyof typeof elementwise]
    const engine = get()
    const inputs = { x: { shape, data: wave(shape, 1) } }
    const ours = run(engine, engine.compute, inputs, wave(shape, 3), (tape, { x }) => ({
      y: op(tape, x),
    }))
    expect(relativeError(ours.y, y)).toBeLessThan(tolerance)
    expect(relativeError(ours['d x'], dx)).toBeLessThan(tolerance)
  })
}

describe('finite differences in float64', () => {
  const shape = [2, 4, 6, 6, 3]
  const inputs = {
    x: { shape: [2, 2, 3, 3, 5], data: noise([2, 2, 3, 3, 5], 1) },
    w: { shape: [4, 4, 4, 3, 5], data: noise([4, 4, 4, 3, 5], 2) },
  }
  const dy = noise(shape, 3)
  const geometry = {
    kernel: [4, 4, 4],
    stride: [2, 2, 2],
    padding: [
      [1, 1],
      [1, 1],
      [1, 1],
    ],
  } as const

  function differentiate(changed: typeof inputs): Record<string, Float32Array> {
    return run(engines.get('float64')!, DType.float64, changed, dy, (tape, { x, w }) => ({
      y: tanh(tape, leakyRelu(tape, sigmoid(tape, upConv(tape, x, w, geometry, shape)), 0.1)),
    }))
  }

  it.each(['x', 'w'] as const)('give the same slope along %s', (name) => {
    const along = noise(inputs[name].shape, 4)
    const at = (step: number): number => {
      const data = inputs[name].data.map((value, i) => value + step * along[i])
      return dot(differentiate({ ...inputs, [name]: { ...inputs[name], data } }).y, dy)
    }
    const slope = dot(differentiate(inputs)[`d ${name}`], along)
    const step = 2 ** -8
    expect((at(step) - at(-step)) / (2 * step) / slope).toBeCloseTo(1, 3)
  })
})

it('a transposed convolution turns round the convolution in every element type', () => {
  // Channels as the own kernels take them, with a clip's three colours at the end.
  for (const [inputs, outputs] of [
    [64, 32],
    [32, 3],
  ]) {
    const shape = [1, 8, 16, 16, outputs]
    const of = {
      x: { shape: [1, 4, 8, 8, inputs], data: noise([1, 4, 8, 8, inputs], 1) },
      w: { shape: [4, 4, 4, outputs, inputs], data: noise([4, 4, 4, outputs, inputs], 2) },
    }
    const geometry = {
      kernel: [4, 4, 4],
      stride: [2, 2, 2],
      padding: [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
    } as const
    const dy = noise(shape, 3)
    const by = (engine: Engine): Record<string, Float32Array> =>
      run(engine, engine.compute, of, dy, (tape, { x, w }) => ({
        y: upConv(tape, x, w, geometry, shape),
      }))
    const exact = by(engines.get('float64')!)
    for (const name of getsBfloat16 ? ['float32', 'bfloat16'] : ['float32']) {
      const ours = by(engines.get(name)!)
      for (const [part, values] of Object.entries(exact)) {
        const tolerance = name === 'float32' ? 1e-5 : 1e-2
        expect(relativeError(ours[part], values), `${name}: ${part}`).toBeLessThan(tolerance)
      }
    }
  }
})

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0)
}

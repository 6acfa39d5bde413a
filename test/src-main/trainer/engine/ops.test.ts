// @module-tag tensorflow
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { batchNorm } from '#main/trainer/engine/ops/batch-norm.ts'
import { conv } from '#main/trainer/engine/ops/conv.ts'
import type { ConvGeometry, Triple } from '#main/trainer/engine/ops/conv-geometry.ts'
import { cast, concatChannels, relu } from '#main/trainer/engine/ops/elementwise.ts'
import { globalMeanPool, linear } from '#main/trainer/engine/ops/linear.ts'
import { maxPool } from '#main/trainer/engine/ops/max-pool.ts'
import { normalizeRows } from '#main/trainer/engine/ops/normalize.ts'
import { centredPadding, filledPadding } from '#main/trainer/engine/ops/padding.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { sizeOf, type Tensor } from '#main/trainer/engine/tensor.ts'
import { fromInner, toInner } from '#main/trainer/networks/layout.ts'
import { getsBfloat16, rounding } from '../arithmetic.ts'
import { relativeError } from '../golden-networks.ts'

/** Outputs and gradients that PyTorch gives in float64; inputs are `wave`s. */
interface Figures {
  conv: {
    name: string
    x: number[]
    w: number[]
    stride: Triple
    padding: ConvGeometry['padding']
    yShape: number[]
    y: number[]
    dx: number[]
    dw: number[]
  }[]
  norm: {
    training: boolean
    relu: boolean
    y: number[]
    dx: number[]
    dScale: number[]
    dOffset: number[]
    runningMean: number[]
    runningVariance: number[]
  }[]
  maxPool: (Record<'kernel' | 'stride', Triple> & Record<'x' | 'yShape' | 'y' | 'dx', number[]>)[]
  linearThenUnit: { y: number[]; dx: number[]; dw: number[]; db: number[] }
  meanPool: { y: number[]; dx: number[] }
}

const figures = JSON.parse(
  readFileSync(new URL('../../../fixtures/trainer-ops.json', import.meta.url), 'utf8'),
) as Figures

/** sin(0.7 i + k) */
function wave(shape: readonly number[], k: number): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(0.7 * i + k))
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

/**
 * Both factors of a product and its sum are rounded; the waves cancel in these sums to a quarter or
 * more of what independent numbers would give, so the errors of the factors weigh up to four times.
 */
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

/** y and the gradients of the inputs, with wave number `k` as the gradient of y. */
function differentiate(
  engine: Engine,
  inputs: Tensor[],
  k: number,
  work: (tape: Tape) => Tensor,
): { shape: readonly number[]; y: Float32Array; gradients: Float32Array[] } {
  const tape = new Tape(engine)
  tape.watch(inputs)
  const y = work(tape)
  const dy = engine.cast(engine.tensor(wave(y.shape, k), y.shape), y.dtype)
  const gradients = tape.backward(y, dy)
  const read = inputs.map((input) => engine.read(gradients.get(input)!).slice())
  gradients.forEach((held) => engine.release(held))
  return { shape: y.shape, y: engine.read(y).slice(), gradients: read }
}

describe.each(settings)('ops against PyTorch in $title', agreesWithPyTorch)
// Elsewhere no run computes in bfloat16, and loading the engine gives float32.
describe.runIf(getsBfloat16).each([halfPrecision])(
  'ops against PyTorch in $title',
  agreesWithPyTorch,
)

function agreesWithPyTorch({ engine: get, tolerance }: Setting): void {
  const compute = (engine: Engine, shape: number[], k: number): Tensor =>
    engine.cast(engine.tensor(wave(shape, k), shape), engine.compute)

  it.each(figures.conv)('convolves $name', (figure) => {
    const engine = get()
    const [out, inputs, t, h, w] = figure.w
    const kernel = [t, h, w] as const
    const layout = { shape: figure.w, inner: [...kernel, inputs, out], fill: 0 }
    engine.scope(() => {
      const x = compute(engine, figure.x, 1)
      const master = engine.tensor(toInner(layout, wave(figure.w, 2)), layout.inner)
      const weight = engine.cast(master, engine.compute)
      const geometry = { kernel, stride: figure.stride, padding: figure.padding }
      const { shape, y, gradients } = differentiate(engine, [x, weight], 3, (tape) =>
        conv(tape, x, weight, geometry),
      )
      expect(shape).toEqual(figure.yShape)
      expect(relativeError(y, figure.y)).toBeLessThan(tolerance)
      expect(relativeError(gradients[0], figure.dx)).toBeLessThan(tolerance)
      expect(relativeError(fromInner(layout, gradients[1]), figure.dw)).toBeLessThan(tolerance)
    })
  })

  it.each(figures.norm)('normalises, training $training, relu $relu', (figure) => {
    const engine = get()
    const vector = (k: number, map: (value: number) => number): Tensor =>
      engine.tensor(wave([4], k).map(map), [4])
    engine.scope(() => {
      const x = compute(engine, [2, 2, 3, 3, 4], 1)
      const norm = {
        scale: vector(2, (v) => 1 + 0.5 * v),
        offset: vector(3, (v) => 0.3 * v),
        runningMean: vector(4, (v) => 0.2 * v),
        runningVariance: vector(5, (v) => 1 + 0.5 * v),
      }
      let running: Float32Array[] = []
      const { y, gradients } = differentiate(engine, [x, norm.scale, norm.offset], 6, (tape) => {
        const result = batchNorm(tape, x, norm, { ...figure, shortcut: null })
        running = [result.runningMean, result.runningVariance].map((s) => engine.read(s).slice())
        return result.y
      })
      expect(relativeError(y, figure.y)).toBeLessThan(tolerance)
      expect(relativeError(gradients[0], figure.dx)).toBeLessThan(tolerance * 2)
      expect(relativeError(gradients[1], figure.dScale)).toBeLessThan(tolerance * 2)
      expect(relativeError(gradients[2], figure.dOffset)).toBeLessThan(tolerance * 2)
      expect(relativeError(running[0], figure.runningMean)).toBeLessThan(tolerance)
      expect(relativeError(running[1], figure.runningVariance)).toBeLessThan(tolerance)
    })
  })

  it('takes the mean over time and space', () => {
    const engine = get()
    engine.scope(() => {
      const x = compute(engine, [2, 2, 3, 2, 4], 1)
      const { y, gradients } = differentiate(engine, [x], 2, (tape) => globalMeanPool(tape, x))
      expect(relativeError(y, figures.meanPool.y)).toBeLessThan(tolerance)
      expect(relativeError(gradients[0], figures.meanPool.dx)).toBeLessThan(tolerance)
    })
  })
}

describe.each(['float32', 'float64'])('max pooling against PyTorch in %s', (precision) => {
  it.each(figures.maxPool)('pools $x by $kernel, stride $stride', (figure) => {
    const engine = engines.get(precision)!
    engine.scope(() => {
      const x = engine.tensor(wave(figure.x, 1), figure.x)
      const { shape, y, gradients } = differentiate(engine, [x], 3, (tape) =>
        maxPool(tape, relu(tape, x), { ...figure, padding: filledPadding }),
      )
      expect(shape).toEqual(figure.yShape)
      expect(relativeError(y, figure.y)).toBeLessThan(1e-5)
      expect(relativeError(gradients[0], figure.dx)).toBeLessThan(1e-5)
    })
  })
})

it.each(['float32', 'float64'])('max pooling in %s counts equal values once', (precision) => {
  const engine = engines.get(precision)!
  for (const on of [engine, engine.withoutKernels()]) {
    on.scope(() => {
      const shape = [1, 2, 4, 4, 2]
      const x = on.tensor(new Float32Array(64).fill(1), shape)
      const window = { kernel: [3, 3, 3], stride: [1, 1, 1], padding: centredPadding } as const
      const { gradients } = differentiate(on, [x], 3, (tape) => maxPool(tape, x, window))
      const total = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0)
      // At the edges the zeros around are smaller.
      expect(total(gradients[0])).toBeCloseTo(total(wave(shape, 3)), 4)
    })
  }
})

describe.runIf(getsBfloat16)('max pooling in bfloat16', () => {
  it('pools alike and sends each gradient to one place', () => {
    const engine = engines.get('bfloat16')!
    const [figure] = figures.maxPool
    engine.scope(() => {
      const x = engine.cast(engine.tensor(wave(figure.x, 1), figure.x), engine.compute)
      const { y, gradients } = differentiate(engine, [x], 3, (tape) =>
        maxPool(tape, relu(tape, x), { ...figure, padding: filledPadding }),
      )
      expect(relativeError(y, figure.y)).toBeLessThan(1e-2)
      const total = (values: ArrayLike<number>): number =>
        Array.from(values).reduce((sum, value) => sum + value, 0)
      expect(total(gradients[0])).toBeCloseTo(total(figure.dx), 1)
    })
  })
})

describe('the head', () => {
  it('multiplies, adds the bias and scales rows to unit length', () => {
    const engine = engines.get('float32')!
    const figure = figures.linearThenUnit
    const layout = { shape: [4, 5], inner: [5, 4], fill: 0 }
    engine.scope(() => {
      const x = engine.tensor(wave([3, 5], 1), [3, 5])
      const weight = engine.tensor(toInner(layout, wave([4, 5], 2)), [5, 4])
      const bias = engine.tensor(wave([4], 3), [4])
      const { y, gradients } = differentiate(engine, [x, weight, bias], 4, (tape) =>
        normalizeRows(tape, linear(tape, x, weight, bias)),
      )
      expect(relativeError(y, figure.y)).toBeLessThan(1e-5)
      expect(relativeError(gradients[0], figure.dx)).toBeLessThan(1e-5)
      expect(relativeError(gradients[1], figure.dw)).toBeLessThan(1e-5)
      expect(relativeError(gradients[2], figure.db)).toBeLessThan(1e-5)
    })
  })
})

describe('the tape', () => {
  it('adds the gradients of a tensor that is used twice', () => {
    const engine = engines.get('float32')!
    engine.scope(() => {
      const x = engine.tensor(Float32Array.of(1, -2, 3, 4), [1, 1, 1, 2, 2])
      const { gradients } = differentiate(engine, [x], 0, (tape) =>
        concatChannels(tape, [relu(tape, x), x]),
      )
      const dy = wave([8], 0)
      const expected = [dy[0] + dy[2], dy[3], dy[4] + dy[6], dy[5] + dy[7]]
      expect(relativeError(gradients[0], expected)).toBeLessThan(1e-6)
    })
  })

  it('records nothing and keeps nothing when no tensor is watched', () => {
    const engine = engines.get('float32')!
    const run = (): void =>
      engine.scope(() => {
        const tape = new Tape(engine)
        const x = engine.tensor(wave([4], 1), [1, 1, 1, 1, 4])
        relu(tape, cast(tape, x, engine.compute))
      })
    run()
    const before = engine.tensorCount
    run()
    expect(engine.tensorCount).toBe(before)
  })

  it.runIf(getsBfloat16)('keeps ReLU of bfloat16 exact for zeros and both signs', () => {
    const engine = engines.get('bfloat16')!
    engine.scope(() => {
      const x = engine.tensor(
        Float32Array.of(-0, 0, -1e-30, 1e-30, -2, 2, -Infinity, Infinity),
        [8],
      )
      const y = relu(new Tape(engine), engine.cast(x, engine.compute))
      const expected = engine.cast(engine.cast(x, engine.compute), engine.master)
      const kept = Array.from(engine.read(expected), (value) => Math.max(value, 0))
      expect(Array.from(engine.read(y))).toEqual(kept)
    })
  })
})

describe('the engine', () => {
  it('refuses data that does not fit the shape', () => {
    const engine = engines.get('float32')!
    expect(() => engine.scope(() => engine.tensor(new Float32Array(5), [2, 3]))).toThrow(
      'Expected 6 values for the shape [2, 3], got 5.',
    )
  })

  it('says so when a tensor is made outside a scope', () => {
    const engine = engines.get('float32')!
    expect(() => engine.tensor(new Float32Array(1), [1])).toThrow('engine.scope()')
  })
})

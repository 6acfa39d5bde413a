// @module-tag tensorflow
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { selfAttention } from '#main/trainer/engine/ops/attention.ts'
import { concatTokens } from '#main/trainer/engine/ops/elementwise.ts'
import { gelu } from '#main/trainer/engine/ops/gelu.ts'
import { layerNorm } from '#main/trainer/engine/ops/layer-norm.ts'
import { addTable, cubesOf, gatherTokens, tokenLinear } from '#main/trainer/engine/ops/tokens.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { sizeOf, type Tensor } from '#main/trainer/engine/tensor.ts'
import { sinePositions } from '#main/trainer/networks/transformer.ts'
import { getsBfloat16, rounding } from '../arithmetic.ts'
import { relativeError } from '../golden-networks.ts'

/** sin(0.7 i^2 + k): neighbours are unlike each other. */
function wave(shape: readonly number[], k: number): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(0.7 * i * i + k))
}

interface Case {
  name: string
  inputs: number[][]
  /** Places of inputs that layers read in the compute type. */
  weights?: number[]
  work: (tape: Tape, inputs: Tensor[]) => Tensor
  /** What it is by plain arithmetic, where that is short. */
  plainly?: (...inputs: Float32Array[]) => number[]
}

const PLACES = [Uint32Array.of(4, 0, 3), Uint32Array.of(1, 2, 0)]

const cases: Case[] = [
  {
    name: 'self-attention',
    inputs: [[2, 5, 24]],
    work: (tape, [qkv]) => selfAttention(tape, qkv, 2),
    plainly: (qkv) => attentionOf(qkv, { b: 2, n: 5, heads: 2, d: 4 }),
  },
  {
    name: 'self-attention in groups of heads',
    inputs: [[2, 5, 24]],
    work: (tape, [qkv]) => selfAttention(tape, qkv, 2, 3 * 25),
    plainly: (qkv) => attentionOf(qkv, { b: 2, n: 5, heads: 2, d: 4 }),
  },
  {
    name: 'layer normalisation',
    inputs: [[2, 3, 8], [8], [8]],
    work: (tape, [x, scale, offset]) => layerNorm(tape, x, { scale, offset, epsilon: 1e-6 }),
    plainly: (x, scale, offset) => normOf(x, scale, offset),
  },
  {
    name: 'layer normalisation of vectors',
    inputs: [[3, 8], [8], [8]],
    work: (tape, [x, scale, offset]) => layerNorm(tape, x, { scale, offset, epsilon: 1e-6 }),
    plainly: (x, scale, offset) => normOf(x, scale, offset),
  },
  { name: 'GELU', inputs: [[3, 7]], work: (tape, [x]) => gelu(tape, x) },
  {
    name: 'a linear layer on tokens',
    inputs: [[2, 3, 4], [4, 5], [5]],
    weights: [1],
    work: (tape, [x, weight, bias]) => tokenLinear(tape, x, weight, bias),
  },
  {
    name: 'a gather of tokens',
    inputs: [[2, 5, 3]],
    work: (tape, [x]) => gatherTokens(tape, x, PLACES),
    plainly: (x) =>
      PLACES.flatMap((own, b) =>
        [...own].flatMap((place) => [0, 1, 2].map((c) => x[(b * 5 + place) * 3 + c])),
      ),
  },
  {
    name: 'tokens behind others',
    inputs: [
      [2, 2, 3],
      [2, 1, 3],
    ],
    work: (tape, parts) => concatTokens(tape, parts),
  },
  {
    name: 'an added table',
    inputs: [[2, 3, 4], [4]],
    work: (tape, [x, table]) => addTable(tape, x, table),
  },
]

let single: Engine
let double: Engine
let half: Engine
beforeAll(async () => {
  single = await loadEngine('float32')
  double = single.inDoublePrecision()
  half = await loadEngine('bfloat16')
})

interface Answer {
  y: Float32Array
  gradients: Float32Array[]
}

/** y, and the gradients of sum(y * wave(7)). */
function differentiate(engine: Engine, { inputs, weights = [], work }: Case): Answer {
  return engine.scope(() => {
    const leaves = inputs.map((shape, k) => {
      const x = engine.tensor(wave(shape, k), shape)
      return weights.includes(k) ? engine.cast(x, engine.compute) : x
    })
    const tape = new Tape(engine)
    tape.watch(leaves)
    const y = work(tape, leaves)
    const found = tape.backward(y, engine.tensor(wave(y.shape, 7), y.shape))
    const gradients = leaves.map((leaf) => engine.read(found.get(leaf)!).slice())
    found.forEach((held) => engine.release(held))
    return { y: engine.read(y).slice(), gradients }
  })
}

/** Gradients of sum(y * wave(7)) by central differences in float64. */
function differences({ inputs, work }: Case): number[][] {
  // A power of two, so that inputs in float32 are moved by just as much.
  const step = 2 ** -8
  const sumOf = (values: readonly Float32Array[]): number =>
    double.scope(() => {
      const y = work(
        new Tape(double),
        inputs.map((shape, k) => double.tensor(values[k], shape)),
      )
      return double.read(y).reduce((sum, value, i) => sum + value * wave(y.shape, 7)[i], 0)
    })
  const values = inputs.map((shape, k) => wave(shape, k))
  const at = (k: number, i: number, offset: number): number => {
    const moved = values.map((one) => one.slice())
    moved[k][i] = Math.fround(values[k][i] + offset)
    return sumOf(moved)
  }
  return values.map((own, k) =>
    [...own].map((_, i) => {
      const slope = (by: number): number => (at(k, i, by) - at(k, i, -by)) / (2 * by)
      // Richardson's extrapolation: the error falls with the fourth power of the step.
      return (4 * slope(step) - slope(2 * step)) / 3
    }),
  )
}

describe.each(cases)('$name', (one) => {
  it('has the gradients that finite differences give in float64', () => {
    const { gradients } = differentiate(double, one)
    const expected = differences(one)
    gradients.forEach((gradient, k) => {
      expect(relativeError(gradient, expected[k])).toBeLessThan(1e-4)
    })
  })

  it.runIf(one.plainly)('gives what plain arithmetic gives', () => {
    const { y } = differentiate(double, one)
    const expected = one.plainly!(...one.inputs.map((shape, k) => wave(shape, k)))
    expect(relativeError(y, expected)).toBeLessThan(1e-6)
  })

  it('agrees in float32 with float64', () => {
    expectNear(differentiate(single, one), differentiate(double, one), 1e-5)
  })

  it.runIf(getsBfloat16)('stays near in bfloat16', () => {
    // Some products of rounded numbers one after the other, each with an error of its own.
    expectNear(differentiate(half, one), differentiate(double, one), 4 * rounding.bfloat16)
  })
})

function expectNear(found: Answer, expected: Answer, tolerance: number): void {
  expect(relativeError(found.y, expected.y)).toBeLessThan(tolerance)
  found.gradients.forEach((gradient, k) => {
    expect(relativeError(gradient, expected.gradients[k])).toBeLessThan(tolerance)
  })
}

it('gives GELU without an approximation', () => {
  // PyTorch 2.13's gelu in float64.
  const expected = [-0.15865525, -0.1542687694, 0, 0.8413447461, 1.954499736]
  double.scope(() => {
    const x = double.tensor(Float32Array.of(-1, -0.5, 0, 1, 2), [5])
    expect(relativeError(double.read(gelu(new Tape(double), x)), expected)).toBeLessThan(1e-7)
  })
})

it('cuts clips into cubes by frame, row, column and colour, and leaves out what fills none', () => {
  const shape = [1, 5, 4, 5, 3]
  single.scope(() => {
    const clips = single.tensor(
      Float32Array.from({ length: sizeOf(shape) }, (_, i) => i),
      shape,
    )
    const cubes = cubesOf(single, clips, { frames: 2, size: 2 })
    expect(cubes.shape).toEqual([1, 2, 2, 2, 24])
    const pixel = (t: number, y: number, x: number, c: number): number =>
      ((t * 4 + y) * 5 + x) * 3 + c
    const second = [...single.read(cubes)].slice(24, 48)
    const expected = [0, 1].flatMap((t) =>
      [0, 1].flatMap((y) => [2, 3].flatMap((x) => [0, 1, 2].map((c) => pixel(t, y, x, c)))),
    )
    expect(second).toEqual(expected)
  })
})

it('places tokens by sines and cosines of the flat index', () => {
  const table = sinePositions(3, 4)
  const expected = [0, 1, 2].flatMap((p) => [
    Math.sin(p),
    Math.cos(p),
    Math.sin(p / 100),
    Math.cos(p / 100),
  ])
  expect(relativeError(table, expected)).toBeLessThan(1e-7)
})

it('frees everything but what it returns', () => {
  const before = single.tensorCount
  differentiate(single, cases[1])
  const once = single.tensorCount
  differentiate(single, cases[1])
  expect(single.tensorCount).toBe(once)
  expect(once - before).toBeLessThan(20)
})

/** softmax(q k' / sqrt(d)) v, head by head. */
function attentionOf(
  qkv: Float32Array,
  { b, n, heads, d }: { b: number; n: number; heads: number; d: number },
): number[] {
  const width = heads * d
  const at = (clip: number, token: number, part: number, head: number, i: number): number =>
    qkv[((clip * n + token) * 3 + part) * width + head * d + i]
  const y: number[] = []
  for (let clip = 0; clip < b; clip++) {
    for (let token = 0; token < n; token++) {
      for (let head = 0; head < heads; head++) {
        const shares = Array.from({ length: n }, (_, other) => {
          let product = 0
          for (let i = 0; i < d; i++)
            product += at(clip, token, 0, head, i) * at(clip, other, 1, head, i)
          return Math.exp(product / Math.sqrt(d))
        })
        const total = shares.reduce((sum, share) => sum + share)
        for (let i = 0; i < d; i++) {
          y.push(
            shares.reduce((sum, share, other) => sum + share * at(clip, other, 2, head, i), 0) /
              total,
          )
        }
      }
    }
  }
  return y
}

/** Rows of 8 less their mean, over their deviation, scaled and moved. */
function normOf(x: Float32Array, scale: Float32Array, offset: Float32Array): number[] {
  return Array.from({ length: x.length / 8 }, (_, row) => [
    ...x.slice(row * 8, row * 8 + 8),
  ]).flatMap((values) => {
    const mean = values.reduce((sum, value) => sum + value) / 8
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 8
    return values.map((v, c) => ((v - mean) / Math.sqrt(variance + 1e-6)) * scale[c] + offset[c])
  })
}

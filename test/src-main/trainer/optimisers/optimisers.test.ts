import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { Adam } from '#main/trainer/optimisers/adam.ts'
import { Lars } from '#main/trainer/optimisers/lars.ts'
import type { Optimiser } from '#main/trainer/optimisers/optimiser.ts'
import {
  withoutVectorDecay,
  type GroupRule,
  type Parameter,
} from '#main/trainer/optimisers/parameters.ts'
import { Sgd } from '#main/trainer/optimisers/sgd.ts'
import { relativeError } from '../golden-networks.ts'

interface Values {
  w: number[][]
  b: number[]
}
interface Steps {
  lr: number
  weight_decay: number
  after_each_step: Values[]
}
/** Values that PyTorch gives in float64. */
const golden = JSON.parse(
  readFileSync(new URL('../../../fixtures/optimisers/steps.json', import.meta.url), 'utf8'),
) as {
  lars: Steps & { momentum: number; trust_coefficient: number }
  adam: Steps & { beta1: number; beta2: number }
  adamw: Steps & { beta1: number; beta2: number }
}

const parameters: Parameter[] = [
  { name: 'w', shape: [3, 4], size: 12 },
  { name: 'b', shape: [4], size: 4 },
]
const start = vector(
  (r, c) => Math.sin(0.7 * c + 2.1 * r),
  (c) => Math.sin(0.7 * c + 0.3),
)

function vector(w: (r: number, c: number) => number, b: (c: number) => number): Float32Array {
  const rows = Array.from({ length: 12 }, (_, i) => w(Math.floor(i / 4), i % 4))
  return Float32Array.from([...rows, ...Array.from({ length: 4 }, (_, c) => b(c))])
}

function gradientAt(t: number): Float32Array {
  return vector(
    (r, c) => Math.sin(0.2 * c + 6.3 * r + 0.5 + t),
    (c) => Math.sin(0.9 * c + 0.2 + t),
  )
}

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

/** The parameters after each of some steps. */
function run(optimiser: Optimiser, lr: number, steps: number, theta = start, first = 0) {
  return engine.scope(() => {
    let current = engine.tensor(theta.slice(), [16])
    return Array.from({ length: steps }, (_, i) => {
      current = optimiser.step(current, engine.tensor(gradientAt(first + i), [16]), lr)
      return engine.read(current).slice()
    })
  })
}

function expectGolden(optimiser: Optimiser, { lr, after_each_step: after }: Steps): void {
  const found = run(optimiser, lr, after.length)
  after.forEach(({ w, b }, t) => {
    expect(relativeError(found[t], [...w.flat(), ...b])).toBeLessThan(1e-6)
  })
  optimiser.dispose()
}

/** One of each kind, with a group that differs in decay and rate. */
function oneOfEach(rules: readonly GroupRule[] = []): Optimiser[] {
  const common = { parameters, weightDecay: 0.1, rules }
  return [
    new Sgd(engine, { ...common, momentum: 0.9 }),
    new Lars(engine, { ...common, momentum: 0.9, trust: 0.01 }),
    new Adam(engine, { ...common, beta1: 0.9, beta2: 0.99, decoupled: false }),
    new Adam(engine, { ...common, beta1: 0.9, beta2: 0.99, decoupled: true }),
  ]
}

describe('LARS', () => {
  it('takes the steps of the reference; biases get plain SGD', () => {
    const { lars } = golden
    const options = { weightDecay: lars.weight_decay, trust: lars.trust_coefficient }
    expectGolden(new Lars(engine, { parameters, ...options, momentum: lars.momentum }), lars)
  })

  it('leaves a weight of zeros to plain SGD instead of never moving it', () => {
    const lars = new Lars(engine, { parameters, weightDecay: 0, momentum: 0, trust: 0.001 })
    const [after] = run(lars, 1, 1, new Float32Array(16))
    expect(
      relativeError(
        after,
        Array.from(gradientAt(0), (g) => -g),
      ),
    ).toBeLessThan(1e-6)
    lars.dispose()
  })
})

describe('Adam', () => {
  it("takes PyTorch's steps, weight decay added to the gradient", () => {
    const { beta1, beta2, weight_decay: weightDecay } = golden.adam
    const options = { weightDecay, beta1, beta2, decoupled: false }
    expectGolden(new Adam(engine, { parameters, ...options }), golden.adam)
  })

  it("takes AdamW's steps, biases without decay", () => {
    const { beta1, beta2, weight_decay: weightDecay } = golden.adamw
    const options = { weightDecay, beta1, beta2, decoupled: true, rules: [withoutVectorDecay] }
    expectGolden(new Adam(engine, { parameters, ...options }), golden.adamw)
  })
})

describe('every optimiser', () => {
  it('scales the learning rate and the decay of a group', () => {
    const scaled: GroupRule[] = [{ matches: ({ name }) => name === 'b', rate: 0.5, weightDecay: 0 }]
    const plain = oneOfEach([withoutVectorDecay])
    const grouped = oneOfEach(scaled)
    plain.forEach((optimiser, i) => {
      const [before] = run(optimiser, 0.1, 1)
      const [after] = run(grouped[i], 0.1, 1)
      const moved = (values: Float32Array) => Array.from(values, (x, at) => x - start[at])
      expect(relativeError(after.subarray(0, 12), [...before.subarray(0, 12)])).toBeLessThan(1e-6)
      const half = moved(before)
        .slice(12)
        .map((x) => x / 2)
      expect(relativeError(moved(after).slice(12), half)).toBeLessThan(1e-5)
    })
    for (const optimiser of [...plain, ...grouped]) optimiser.dispose()
  })

  it('goes on from its state to the bit, and frees every tensor', () => {
    const rules = [withoutVectorDecay]
    const round = (): void => {
      const [straight, stopped, resumed] = [oneOfEach(rules), oneOfEach(rules), oneOfEach(rules)]
      straight.forEach((optimiser, i) => {
        const whole = run(optimiser, 0.1, 5)
        const third = run(stopped[i], 0.1, 3)[2]
        resumed[i].load(stopped[i].state())
        expect(run(resumed[i], 0.1, 2, third, 3)).toEqual(whole.slice(3))
      })
      for (const optimiser of [...straight, ...stopped, ...resumed]) optimiser.dispose()
    }
    round() // The engine keeps the constants that it makes here.
    const tensors = engine.tensorCount
    round()
    expect(engine.tensorCount).toBe(tensors)
  })

  it('refuses a state of another length, and stays as it was', () => {
    for (const optimiser of oneOfEach()) {
      const before = optimiser.state()
      const short = new Map(optimiser.bufferNames.map((name) => [name, new Float32Array(3)]))
      expect(() => optimiser.load({ buffers: short, steps: 7 })).toThrow('16 values')
      expect(optimiser.state()).toEqual(before)
      optimiser.dispose()
    }
  })
})

// @module-tag tensorflow
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { infoNce } from '#main/trainer/objectives/info-nce.ts'
import { KeyQueue } from '#main/trainer/methods/queue.ts'
import {
  cosineLearningRate,
  emaMomentum,
  learningRate,
  type ScheduleConfig,
} from '#main/trainer/optimisers/schedule.ts'
import { Sgd } from '#main/trainer/optimisers/sgd.ts'
import { spreadOf } from '#main/trainer/objectives/spread.ts'
import { Rng } from '#shared/random/rng.ts'
import { relativeError } from '../golden-networks.ts'

/** Figures that PyTorch gives in float64. */
const figures = JSON.parse(
  readFileSync(new URL('../../../fixtures/moco-parts.json', import.meta.url), 'utf8'),
) as {
  infoNce: {
    temperature: number
    q: number[]
    k: number[]
    queue: number[]
    loss: number
    accuracy: number
    dq: number[]
  }
  sgd: {
    momentum: number
    weightDecay: number
    start: number[]
    gradients: number[][]
    lr: number[]
    after: number[][]
  }
  cosine: { lr: number; steps: number; values: number[] }
}

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Products of each query with its positive and with every negative, by plain loops. */
function similarities({ q, k, queue }: typeof figures.infoNce): {
  positives: number[]
  negatives: number[][]
} {
  const [B, D, K] = [4, 6, 8]
  const dot = (f: (c: number) => number): number =>
    Array.from({ length: D }, (_, c) => f(c)).reduce((a, b) => a + b, 0)
  return {
    positives: Array.from({ length: B }, (_, i) => dot((c) => q[i * D + c] * k[i * D + c])),
    negatives: Array.from({ length: B }, (_, i) =>
      Array.from({ length: K }, (_, j) => dot((c) => q[i * D + c] * queue[c * K + j])),
    ),
  }
}

describe('the spread of embeddings', () => {
  it('is 1 where they are spread evenly and 0 where they have collapsed', () => {
    const [B, D] = [512, 64]
    const rng = new Rng(4)
    const rows = Array.from({ length: B }, () => {
      const v = Array.from({ length: D }, () => rng.normal())
      const length = Math.hypot(...v)
      return v.map((value) => value / length)
    })
    const spread = (x: number[][]): number =>
      engine.scope(
        () => engine.read(spreadOf(engine, engine.tensor(Float32Array.from(x.flat()), [B, D])))[0],
      )
    expect(spread(rows)).toBeCloseTo(1, 1)
    expect(spread(rows.map(() => rows[0]))).toBeCloseTo(0, 4)
    expect(spread(rows.map((_, i) => rows[i % 2]))).toBeLessThan(0.8)
  })
})

describe('InfoNCE', () => {
  it('gives the loss, its gradient and the accuracy of cross entropy over similarities', () => {
    const figure = figures.infoNce
    engine.scope(() => {
      const q = engine.tensor(Float32Array.from(figure.q), [4, 6])
      const k = engine.tensor(Float32Array.from(figure.k), [4, 6])
      const queue = engine.tensor(Float32Array.from(figure.queue), [6, 8])
      const tape = new Tape(engine)
      tape.watch([q])
      const nce = infoNce(tape, q, k, queue, figure.temperature)
      const { loss, hits } = nce
      const gradients = tape.backward(loss, engine.scalar(1))
      expect(engine.read(loss)[0]).toBeCloseTo(figure.loss, 5)
      const accuracy = engine.read(hits).reduce((sum, hit) => sum + hit, 0) / 4
      expect(accuracy).toBe(figure.accuracy)
      const { positives, negatives } = similarities(figure)
      expect(engine.read(nce.positive)[0]).toBeCloseTo(mean(positives), 6)
      expect(engine.read(nce.negative)[0]).toBeCloseTo(mean(negatives.flat()), 6)
      expect(relativeError(engine.read(gradients.get(q)!), figure.dq)).toBeLessThan(1e-5)
      gradients.forEach((held) => engine.release(held))
    })
  })
})

describe('the contrastive accuracy', () => {
  it('counts the positive among the best and among the best five', () => {
    const [B, D, K] = [40, 6, 12]
    const rng = new Rng(8)
    const draw = (length: number) => Float32Array.from({ length }, () => rng.normal())
    const [q, k, queue] = [draw(B * D), draw(B * D), draw(D * K)]
    const better = Array.from({ length: B }, (_, i) => {
      const similarity = (at: (c: number) => number): number =>
        Array.from({ length: D }, (_, c) => q[i * D + c] * at(c)).reduce((a, b) => a + b)
      const own = similarity((c) => k[i * D + c])
      const others = Array.from({ length: K }, (_, j) => similarity((c) => queue[c * K + j]))
      return others.filter((other) => other >= own).length
    })
    expect(new Set(better.map((count) => Math.min(count, 5))).size).toBeGreaterThan(2)
    engine.scope(() => {
      const tensors = [engine.tensor(q, [B, D]), engine.tensor(k, [B, D])] as const
      const nce = infoNce(new Tape(engine), ...tensors, engine.tensor(queue, [D, K]), 0.1)
      expect([...engine.read(nce.hits)]).toEqual(better.map((count) => (count < 1 ? 1 : 0)))
      expect([...engine.read(nce.hits5)]).toEqual(better.map((count) => (count < 5 ? 1 : 0)))
    })
  })

  it('is nothing for an encoder that has collapsed, whatever rounding does', () => {
    const [B, D, K] = [16, 128, 64]
    for (let seed = 1; seed <= 5; seed++) {
      const rng = new Rng(seed)
      const v = Float32Array.from({ length: D }, () => rng.normal())
      const length = Math.hypot(...v)
      engine.scope(() => {
        const row = Float32Array.from({ length: B * D }, (_, i) => v[i % D] / length)
        const columns = Float32Array.from(
          { length: D * K },
          (_, i) => v[Math.floor(i / K)] / length,
        )
        const q = engine.tensor(row, [B, D])
        const queue = engine.tensor(columns, [D, K])
        const { hits } = infoNce(new Tape(engine), q, engine.tensor(row, [B, D]), queue, 0.1)
        expect(engine.read(hits)).toEqual(new Float32Array(B))
      })
    }
  })
})

describe('SGD', () => {
  it('moves as PyTorch does with momentum, weight decay and a changing rate', () => {
    const figure = figures.sgd
    const sgd = new Sgd(engine, { parameters: [{ name: 'w', shape: [5], size: 5 }], ...figure })
    engine.scope(() => {
      let theta = engine.tensor(Float32Array.from(figure.start), [5])
      figure.gradients.forEach((values, i) => {
        const gradient = engine.tensor(Float32Array.from(values), [5])
        theta = sgd.step(theta, gradient, figure.lr[i])
        expect(relativeError(engine.read(theta), figure.after[i])).toBeLessThan(1e-6)
      })
    })
    sgd.dispose()
  })
})

describe('the cosine schedule', () => {
  it("follows PyTorch's CosineAnnealingLR", () => {
    const { lr, steps, values } = figures.cosine
    values.forEach((value, step) => {
      expect(cosineLearningRate(lr, step, steps)).toBeCloseTo(value, 12)
    })
  })
})

describe('the learning rate of a step', () => {
  const config: ScheduleConfig = {
    lr: 0.4,
    lrRule: 'fixed',
    batch: 32,
    accumulate: 1,
    repeats: 1,
    stepEvery: 2,
    stepAt: '',
    stepFactor: 0.5,
    warmup: 0,
    epochs: 10,
    schedule: 'constant',
  }
  const rates = (change: Partial<ScheduleConfig>, steps: number[]): number[] =>
    steps.map((step) => learningRate({ ...config, ...change }, step, 50))

  it('rises through the warm-up, then follows the cosine to its end', () => {
    const [first, last, top, middle] = rates({ schedule: 'cosine', warmup: 2 }, [0, 8, 10, 30])
    expect([first, last, top]).toEqual([0.04, 0.36, 0.4].map((rate) => expect.closeTo(rate, 12)))
    expect(middle).toBeCloseTo(0.2, 12)
    expect(rates({ schedule: 'cosine' }, [0, 25, 49.9999])).toEqual(
      [0.4, 0.2, 0].map((rate) => expect.closeTo(rate, 6)),
    )
  })

  it('falls by the factor at whole epochs', () => {
    expect(rates({ schedule: 'step' }, [0, 9, 10, 19, 20, 49])).toEqual(
      [0.4, 0.4, 0.2, 0.2, 0.1, 0.025].map((rate) => expect.closeTo(rate, 12)),
    )
  })

  it('falls after the epochs of a list', () => {
    const listed = { schedule: 'step', stepAt: '3 4.5 10' } as const
    expect(rates(listed, [0, 14, 15, 22, 23, 49])).toEqual(
      [0.4, 0.4, 0.2, 0.2, 0.1, 0.1].map((rate) => expect.closeTo(rate, 12)),
    )
  })

  it('stays', () => {
    expect(rates({}, [0, 25, 49])).toEqual([0.4, 0.4, 0.4])
  })
})

it('raises the key momentum along a cosine to 1', () => {
  const values = [0, 25, 50, 100].map((step) => emaMomentum(0.96, 'cosine', step, 100))
  expect(values).toEqual(
    [0.96, 1 - 0.02 * (1 + Math.SQRT1_2), 0.98, 1].map((m) => expect.closeTo(m, 12)),
  )
  expect(emaMomentum(0.96, 'constant', 50, 100)).toBe(0.96)
})

describe('the queue', () => {
  const keys = (first: number): Float32Array =>
    Float32Array.from({ length: 4 }, (_, i) => first + i) // [2, 2]

  it('starts with columns at unit length, the same for the same seed', () => {
    const [a, b] = [new KeyQueue(engine, 8, 6, new Rng(3)), new KeyQueue(engine, 8, 6, new Rng(3))]
    engine.scope(() => {
      const values = engine.read(a.columns)
      for (let j = 0; j < 6; j++) {
        const column = Array.from({ length: 8 }, (_, c) => values[c * 6 + j])
        expect(Math.hypot(...column)).toBeCloseTo(1, 5)
      }
      expect(engine.read(b.columns)).toEqual(values)
    })
    a.dispose()
    b.dispose()
  })

  it('puts new keys in the place of the oldest', () => {
    const queue = new KeyQueue(engine, 2, 4, new Rng(1))
    engine.scope(() => {
      queue.enqueue(engine.tensor(keys(10), [2, 2]))
      expect(queue.pointer).toBe(2)
      queue.enqueue(engine.tensor(keys(20), [2, 2]))
      expect(queue.pointer).toBe(0)
      queue.enqueue(engine.tensor(keys(30), [2, 2]))
      expect(Array.from(engine.read(queue.columns))).toEqual([30, 32, 20, 22, 31, 33, 21, 23])
    })
    queue.dispose()
  })

  it('goes on at its start where a batch does not fit at its end', () => {
    const queue = new KeyQueue(engine, 2, 3, new Rng(1))
    engine.scope(() => {
      queue.enqueue(engine.tensor(keys(10), [2, 2]))
      queue.enqueue(engine.tensor(keys(20), [2, 2]))
      // Rows of the keys are columns of the queue.
      expect([...engine.read(queue.columns)]).toEqual([22, 12, 20, 23, 13, 21])
      expect(queue.pointer).toBe(1)
    })
    queue.dispose()
  })

  it('keeps the last keys of a batch that is larger than it', () => {
    const queue = new KeyQueue(engine, 1, 2, new Rng(1))
    engine.scope(() => {
      queue.enqueue(engine.tensor(Float32Array.of(1, 2, 3, 4, 5), [5, 1]))
      expect([...engine.read(queue.columns)]).toEqual([4, 5])
    })
    queue.dispose()
  })
})

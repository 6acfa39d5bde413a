// @module-tag tensorflow
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { normalizeRows } from '#main/trainer/engine/ops/normalize.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { firstToSecond } from '#main/trainer/objectives/first-to-second.ts'
import { infoNce } from '#main/trainer/objectives/info-nce.ts'
import { Rng } from '#shared/random/rng.ts'

const [N, D, K] = [5, 6, 9]
const TEMPERATURE = 0.2

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

function unitRows(rows: number, seed: number): number[][] {
  const rng = new Rng(seed)
  return Array.from({ length: rows }, () => {
    const row = Array.from({ length: D }, () => rng.normal())
    return row.map((x) => x / Math.hypot(...row))
  })
}

const dot = (a: number[], b: number[]): number => a.reduce((sum, x, i) => sum + x * b[i], 0)
const floats = (rows: number[][]): Float32Array => Float32Array.from(rows.flat())

describe('firstToSecond', () => {
  it('has the accuracy and the entropy that are worked out one by one', () => {
    const [first, second] = [unitRows(N, 1), unitRows(N, 2)]
    second[0] = first[0]
    const rows = first.map((a) => second.map((b) => dot(a, b) / TEMPERATURE))
    const hits = rows.map(
      (row, i) => (row.every((x, j) => j === i || x < row[i]) ? 1 : 0) as number,
    )
    const entropies = rows.map((row) => {
      const sum = row.reduce((total, x) => total + Math.exp(x), 0)
      return -row.reduce((total, x) => total + (Math.exp(x) / sum) * (x - Math.log(sum)), 0)
    })
    const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length
    engine.scope(() => {
      const z = engine.tensor(floats([...first, ...second]), [2 * N, D])
      const { accuracy, entropy } = firstToSecond(engine, z, TEMPERATURE)
      expect(engine.read(accuracy)[0]).toBeCloseTo(mean(hits), 6)
      expect(engine.read(entropy)[0]).toBeCloseTo(mean(entropies), 5)
    })
  })

  it('is the logarithm of the batch where all clips are alike, and hits nothing', () => {
    engine.scope(() => {
      const alike = Array.from({ length: 2 * N }, () => unitRows(1, 4)[0])
      const z = engine.tensor(floats(alike), [2 * N, D])
      const { accuracy, entropy } = firstToSecond(engine, z, TEMPERATURE)
      expect(engine.read(accuracy)[0]).toBe(0)
      expect(engine.read(entropy)[0]).toBeCloseTo(Math.log(N), 5)
    })
  })
})

describe('infoNce with a negative of each query', () => {
  const [q, k, n, queue] = [unitRows(N, 11), unitRows(N, 12), unitRows(N, 13), unitRows(K, 14)]

  /** The loss by its formula. */
  function lossOf(queries: number[][], extra: number[][]): number {
    const losses = queries.map((x, i) => {
      const unit = x.map((value) => value / Math.hypot(...x))
      const own = extra[i].map((value) => value / Math.hypot(...extra[i]))
      const logits = [k[i], ...queue, own].map((other) => dot(unit, other) / TEMPERATURE)
      return Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0)) - logits[0]
    })
    return losses.reduce((a, b) => a + b) / losses.length
  }

  function slope(of: (nudge: number) => number): number {
    const h = 1e-5
    return (of(h) - of(-h)) / (2 * h)
  }

  it('has the loss of the formula, and its gradient in query and negative', () => {
    engine.scope(() => {
      const tape = new Tape(engine)
      const [x, y] = [engine.tensor(floats(q), [N, D]), engine.tensor(floats(n), [N, D])]
      tape.watch([x, y])
      const columns = Float32Array.from(
        { length: D * K },
        (_, i) => queue[i % K][Math.floor(i / K)],
      )
      const { loss } = infoNce(
        tape,
        normalizeRows(tape, x),
        engine.tensor(floats(k), [N, D]),
        engine.tensor(columns, [D, K]),
        TEMPERATURE,
        normalizeRows(tape, y),
      )
      const sums = tape.backward(loss, engine.scalar(1))
      expect(engine.read(loss)[0]).toBeCloseTo(lossOf(q, n), 5)
      const [dx, dy] = [x, y].map((leaf) => engine.read(sums.get(leaf)!).slice())
      const nudged = (rows: number[][], i: number, by: number): number[][] =>
        rows.map((row, r) => row.map((value, c) => (r * D + c === i ? value + by : value)))
      for (const i of [0, 7, N * D - 1]) {
        expect(dx[i]).toBeCloseTo(
          slope((by) => lossOf(nudged(q, i, by), n)),
          4,
        )
        expect(dy[i]).toBeCloseTo(
          slope((by) => lossOf(q, nudged(n, i, by))),
          4,
        )
      }
      sums.forEach((held) => engine.release(held))
    })
  })
})

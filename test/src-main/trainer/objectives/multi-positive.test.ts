// @module-tag tensorflow
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { normalizeRows } from '#main/trainer/engine/ops/normalize.ts'
import { Tape } from '#main/trainer/engine/tape.ts'
import { dropOwnKeys, minePositives } from '#main/trainer/methods/coclr/mine-positives.ts'
import { multiPositiveNce } from '#main/trainer/objectives/multi-positive.ts'
import { Rng } from '#shared/random/rng.ts'
import { relativeError } from '../golden-networks.ts'

const [B, D, K] = [4, 8, 12]

interface GoldenCase {
  topk: number
  queue_source: number[]
  source: number[]
  /** -1 is the own key. */
  positives: number[][]
  loss_own_key_kept: number
  loss_own_key_dropped: number
  gradient_q_kept: number[][]
  gradient_q_dropped: number[][]
}

const file = new URL('../../../fixtures/objectives/coclr.json', import.meta.url)
const golden = JSON.parse(readFileSync(file, 'utf8')) as {
  temperature: number
  cases: GoldenCase[]
}

type Formula = (row: number, column: number) => number

/** [rows, D] */
function rowsOf(rows: number, value: Formula): Float32Array {
  return Float32Array.from({ length: rows * D }, (_, i) => value(Math.floor(i / D), i % D))
}

/** [rows, D] at unit length. */
function unitRows(rows: number, value: Formula): Float32Array {
  const data = rowsOf(rows, value)
  for (let r = 0; r < rows; r++) {
    const row = data.subarray(r * D, (r + 1) * D)
    const norm = Math.hypot(...row)
    row.forEach((x, c) => (row[c] = x / norm))
  }
  return data
}

const z =
  (offset: number): Formula =>
  (i, c) =>
    Math.sin(0.7 * c + 2.1 * i + offset)
const queue = unitRows(K, (j, c) => Math.sin(1.1 * c + 2.8 * j + 0.3))
const oracleQueue = unitRows(K, (j, c) => Math.sin(0.5 * c + 6.3 * j + 0.1))
const oracleKeys = unitRows(B, z(1.1))

/** [B, K] */
const similarity = Float32Array.from({ length: B * K }, (_, at) => {
  const [b, j] = [Math.floor(at / K), at % K]
  return Array.from({ length: D }, (_, c) => oracleKeys[b * D + c] * oracleQueue[j * D + c]).reduce(
    (sum, x) => sum + x,
  )
})

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine('float32')
})

describe.each(golden.cases)('with the top $topk', (given) => {
  const mined = minePositives({
    similarity,
    sources: given.source,
    queueSources: given.queue_source,
    topK: given.topk,
  })

  it('mines the positives of the reference', () => {
    const found = given.source.map((_, b) =>
      [...mined.subarray(b * (1 + K), (b + 1) * (1 + K))].flatMap((is, j) => (is ? [j - 1] : [])),
    )
    expect(found).toEqual(given.positives)
  })

  it.each(['kept', 'dropped'] as const)(
    'has its loss and gradient, with the own key %s',
    (what) => {
      const positives = mined.slice()
      if (what === 'dropped') dropOwnKeys(positives, B, 1, new Rng(1))
      engine.scope(() => {
        const tape = new Tape(engine)
        // The figures are the gradient behind a normalisation of rows that have unit length already.
        const x = engine.tensor(unitRows(B, z(0)), [B, D])
        tape.watch([x])
        const columns = Float32Array.from(
          { length: D * K },
          (_, i) => queue[(i % K) * D + Math.floor(i / K)],
        )
        const { loss } = multiPositiveNce(
          tape,
          {
            q: normalizeRows(tape, x),
            k: engine.tensor(unitRows(B, z(0.4)), [B, D]),
            queue: engine.tensor(columns, [D, K]),
            positives: engine.tensor(positives, [B, 1 + K]),
          },
          golden.temperature,
        )
        const sums = tape.backward(loss, engine.scalar(1))
        const wanted = given[`gradient_q_${what}`].flat()
        expect(relativeError(engine.read(loss), [given[`loss_own_key_${what}`]])).toBeLessThan(1e-5)
        expect(relativeError(engine.read(sums.get(x)!), wanted)).toBeLessThan(1e-4)
        sums.forEach((held) => engine.release(held))
      })
    },
  )
})

it('drops an own key only where there are other positives, and as often as asked', () => {
  const rows = 4000
  const alone = Float32Array.from({ length: rows * 2 }, (_, i) => (i % 2 ? 0 : 1))
  dropOwnKeys(alone, rows, 1, new Rng(3))
  expect(alone.filter((_, i) => i % 2 === 0).every((own) => own === 1)).toBe(true)
  const both = new Float32Array(rows * 2).fill(1)
  dropOwnKeys(both, rows, 0.9, new Rng(3))
  const kept = both.filter((own, i) => i % 2 === 0 && own === 1).length / rows
  expect(Math.abs(kept - 0.1)).toBeLessThan(0.02)
})

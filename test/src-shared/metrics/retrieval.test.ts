import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NeighbourIndex, nearestRows } from '#shared/metrics/retrieval.ts'
import { Rng } from '#shared/random/rng.ts'
import golden from '../../fixtures/metrics/scores.json' with { type: 'json' }
import { retrieve } from './retrieve.ts'

describe('retrieve', () => {
  it('agrees with PyTorch', () => {
    const { size, train, trainLabels, test, testLabels, ks, recall, nearest } = golden.retrieval
    const found = retrieve(
      { features: Float32Array.from(train), labels: trainLabels },
      { features: Float32Array.from(test), labels: testLabels },
      size,
      ks,
    )
    found.recall.forEach((value, i) => expect(value).toBeCloseTo(recall[i], 12))
    expect([...found.nearest]).toEqual(nearest)
  })

  it('agrees with sorting all similarities, for any number of videos', () => {
    const cases = fc.record({
      seed: fc.integer(),
      trained: fc.integer({ min: 2, max: 20 }),
      tested: fc.integer({ min: 1, max: 9 }),
      size: fc.integer({ min: 2, max: 8 }),
    })
    fc.assert(
      fc.property(cases, ({ seed, trained, tested, size }) => {
        const rng = new Rng(seed)
        const split = (rows: number) => ({
          features: Float32Array.from({ length: rows * size }, () => rng.normal() + 1),
          labels: Array.from({ length: rows }, () => rng.int(4)),
        })
        const train = split(trained)
        const test = split(tested)
        const { recall, nearest } = retrieve(train, test, size, [1, 3])
        const expected = sortedNeighbours(train.features, test.features, size)
        expect([...nearest]).toEqual(expected.map((rows) => rows[0]))
        ;[1, 3].forEach((k, i) => {
          const hits = expected.filter((rows, n) =>
            rows.slice(0, k).some((row) => train.labels[row] === test.labels[n]),
          )
          expect(recall[i]).toBeCloseTo(hits.length / tested, 12)
        })
      }),
    )
  })

  it('does not find a class without training videos', () => {
    const train = { features: Float32Array.of(1, 0, 0, 1), labels: [0, 1] }
    const test = { features: Float32Array.of(1, 0), labels: [2] }
    expect(retrieve(train, test, 2, [1, 50]).recall).toEqual([0, 0])
  })
})

it('orders equally near rows by their place, and gives as many as there are', () => {
  const similarities = Float32Array.of(0.5, 1, 0.5, 1, 0)
  expect(nearestRows(similarities, 3)).toEqual([1, 3, 0])
  expect(nearestRows(similarities, 9)).toEqual([1, 3, 0, 2, 4])
})

describe('an index of training videos', () => {
  const index = (features: number[], labels: number[], size: number) =>
    new NeighbourIndex({ features: Float32Array.from(features), labels }, size, { centred: true })

  it('refuses an empty split and features of another size', () => {
    expect(() => index([], [], 2)).toThrow('The training split is empty')
    expect(() => index([1, 2], [0], 3)).toThrow('Expected 1 x 3 training features')
  })

  it('refuses features of a diverged encoder instead of finding everything', () => {
    expect(() => index([NaN, NaN], [0], 2)).toThrow('Not all training features are finite')
  })
})

/** Training rows of each test row by falling cosine of centred features. */
function sortedNeighbours(train: Float32Array, test: Float32Array, size: number): number[][] {
  const rows = (data: Float32Array): number[][] =>
    Array.from({ length: data.length / size }, (_, n) => [
      ...data.subarray(n * size, (n + 1) * size),
    ])
  const keys = rows(train)
  const mean = keys[0].map((_, c) => keys.reduce((sum, row) => sum + row[c], 0) / keys.length)
  const centred = (row: number[]): number[] => row.map((value, c) => value - mean[c])
  const dot = (a: number[], b: number[]): number =>
    a.reduce((sum, value, c) => sum + value * b[c], 0)
  return rows(test).map((row) => {
    const query = centred(row)
    const cosines = keys.map((key) => dot(query, centred(key)) / Math.hypot(...centred(key)))
    return [...keys.keys()].sort((a, b) => cosines[b] - cosines[a])
  })
}

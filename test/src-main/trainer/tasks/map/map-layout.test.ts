// @module-tag tensorflow
import { beforeAll, expect, it } from 'vitest'
import { Rng } from '#shared/random/rng.ts'
import type { Engine } from '#main/trainer/engine/engine.ts'
import { loadEngine } from '#main/trainer/engine/load.ts'
import { layOutMap } from '#main/trainer/tasks/map/map-layout.ts'
import { nearestRows, type NearestRows } from '#main/trainer/tasks/map/nearest-rows.ts'

const [COUNT, SIZE, K, GROUPS] = [90, 6, 8, 3]
let engine: Engine
let rows: Float32Array
let neighbours: NearestRows

/** Unit rows about three directions; row i belongs to group i % 3. */
function threeBunches(): Float32Array {
  const rng = new Rng(3)
  const all = Array.from({ length: COUNT }, (_, i) => {
    const row = Array.from(
      { length: SIZE },
      (_v, c) => Number(c === i % GROUPS) + 0.15 * rng.normal(),
    )
    const length = Math.hypot(...row)
    return row.map((value) => value / length)
  })
  return Float32Array.from(all.flat())
}

beforeAll(async () => {
  engine = await loadEngine('float32')
  rows = threeBunches()
  neighbours = (await nearestRows(engine, { rows, size: SIZE, k: K }, async () => true))!
})

it('finds the neighbours that comparing all pairs finds', () => {
  const cosine = (a: number, b: number): number => {
    let sum = 0
    for (let c = 0; c < SIZE; c++) sum += rows[a * SIZE + c] * rows[b * SIZE + c]
    return sum
  }
  for (let i = 0; i < COUNT; i++) {
    const others = Array.from({ length: COUNT }, (_, j) => j).filter((j) => j !== i)
    const nearest = others.sort((a, b) => cosine(i, b) - cosine(i, a)).slice(0, K - 1)
    expect([...neighbours.indices.subarray(i * K, (i + 1) * K)]).toEqual([i, ...nearest])
    nearest.forEach((j, place) => {
      expect(neighbours.distances[i * K + 1 + place]).toBeCloseTo(1 - cosine(i, j), 5)
    })
  }
})

it('rows that are all alike keep themselves first', async () => {
  const alike = Float32Array.from({ length: 5 * 2 }, (_, i) => Number(i % 2 === 0))
  const found = await nearestRows(engine, { rows: alike, size: 2, k: 3 }, async () => true)
  expect([...found!.indices]).toEqual([0, 1, 2, 1, 0, 2, 2, 0, 1, 3, 0, 1, 4, 0, 1])
  expect(Math.max(...found!.distances)).toBeLessThan(1e-6)
})

it('ends when it is asked to', async () => {
  expect(await nearestRows(engine, { rows, size: SIZE, k: K }, async () => false)).toBeNull()
})

it('puts what is alike together, the same way for the same seed', () => {
  const told: number[] = []
  const layout = { neighbours, minDistance: 0.1, seed: 9 }
  const points = layOutMap(layout, (done, total) => told.push(total - done))
  expect(told.at(-1)).toBe(0)
  expect(points).toEqual(layOutMap(layout, () => undefined))
  expect(points).not.toEqual(layOutMap({ ...layout, seed: 10 }, () => undefined))
  expect(Math.max(...points.map(Math.abs))).toBeCloseTo(1, 5)
  const apart = (a: number, b: number): number =>
    Math.hypot(points[2 * a] - points[2 * b], points[2 * a + 1] - points[2 * b + 1])
  for (let i = 0; i < COUNT; i++) {
    const others = Array.from({ length: COUNT }, (_, j) => j).filter((j) => j !== i)
    const [nearest] = others.sort((a, b) => apart(i, a) - apart(i, b))
    expect(nearest % GROUPS).toBe(i % GROUPS)
  }
})

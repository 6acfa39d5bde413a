import { expect, it } from 'vitest'
import { normalWithinDeviation } from '#main/trainer/networks/initial.ts'
import { Rng } from '#shared/random/rng.ts'

it('cuts a normal off at its deviation', () => {
  const values = normalWithinDeviation(0.02)([10_000], new Rng(3))
  const limit = Math.fround(0.02)
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(limit)
  // A normal that is cut off so has a deviation of 0.5396 of the uncut one.
  const square = values.reduce((sum, value) => sum + value ** 2, 0) / values.length
  expect(Math.sqrt(square) / 0.02).toBeCloseTo(0.5396, 1)
})

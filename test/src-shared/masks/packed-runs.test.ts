import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isBlank, packedLength, packRuns, xorPacked } from '#shared/masks/packed-runs.ts'
import { encodeRuns, xorRuns } from '#shared/masks/runs.ts'

/** Two masks of one size, with stretches long enough for numbers of several bytes. */
const masks = fc
  .array(
    fc.record({
      a: fc.boolean(),
      b: fc.boolean(),
      length: fc.constantFrom(1, 2, 127, 128, 40_000),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((stretches) => {
    const of = (key: 'a' | 'b') =>
      encodeRuns(Uint8Array.from(stretches.flatMap((s) => Array(s.length).fill(Number(s[key])))))
    return { a: of('a'), b: of('b') }
  })

test('packed masks differ where the masks do', () => {
  fc.assert(
    fc.property(masks, ({ a, b }) => {
      expect(xorPacked(packRuns(a), packRuns(b))).toEqual(packRuns(xorRuns(a, b)))
      expect(packedLength(packRuns(a))).toBe(a.reduce((sum, run) => sum + run, 0))
    }),
  )
})

test('a mask and itself differ nowhere', () => {
  fc.assert(
    fc.property(masks, ({ a }) => {
      expect(isBlank(xorPacked(packRuns(a), packRuns(a)))).toBe(true)
      expect(isBlank(packRuns(a))).toBe(a.length === 1)
    }),
  )
})

test('masks of different sizes, and damaged ones, are refused', () => {
  expect(() => xorPacked(packRuns([3, 2]), packRuns([300]))).toThrow('5 and 300 pixels')
  expect(() => packedLength(Uint8Array.of(128))).toThrow('cut off')
  expect(() => packedLength(Uint8Array.of(128, 128, 128, 128, 128, 1))).toThrow('more than 5')
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RankSelect } from '#shared/fame/rank-select.ts'

describe('RankSelect', () => {
  // Few distinct values among the many: ties at the cut are the hard case.
  const value = fc.oneof(
    fc.float({ min: 0, max: 1, noNaN: true }).map(Math.abs),
    fc.constantFrom(0, 0.25, 1, 1e-40, 3e38),
  )
  const cases = fc
    .array(value, { minLength: 1, maxLength: 200 })
    .chain((values) =>
      fc.record({ values: fc.constant(values), k: fc.integer({ min: 0, max: values.length }) }),
    )

  it('marks what a stable descending sort puts first', () => {
    const select = new RankSelect()
    fc.assert(
      fc.property(cases, ({ values, k }) => {
        const plane = Float32Array.from(values)
        const order = [...plane.keys()].sort((a, b) => plane[b] - plane[a] || a - b)
        const expected = new Uint8Array(values.length)
        for (const index of order.slice(0, k)) expected[index] = 1
        const mask = new Uint8Array(values.length).fill(7)
        select.largest(plane, k, mask)
        expect(mask).toEqual(expected)
      }),
    )
  })

  it('counts what lies above the cut and what ties with it', () => {
    const select = new RankSelect()
    fc.assert(
      fc.property(cases, ({ values, k }) => {
        fc.pre(k > 0)
        const plane = Float32Array.from(values)
        const kth = plane.toSorted().at(-k) ?? NaN
        const cut = select.cut(plane, k)
        expect(cut.above).toBe(plane.filter((v) => v > kth).length)
        expect(cut.equal).toBe(plane.filter((v) => v === kth).length)
      }),
    )
  })
})

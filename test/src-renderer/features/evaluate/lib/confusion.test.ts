import { describe, expect, it } from 'vitest'
import {
  accuracyOf,
  confusionOf,
  countAt,
  grouped,
  mostConfused,
  orderOf,
  shareAt,
} from '#shared/metrics/confusion-matrix.ts'
import {
  cellUnder,
  panned,
  wholeMatrix,
  zoomed,
} from '../../../../../src-renderer/src/features/evaluate/lib/confusion-view.ts'
import { diveAttributes } from '../../../../../src-renderer/src/features/evaluate/lib/dive-attributes.ts'

const names = ['a', 'b', 'c']
/** Rows: a 8 2 0, b 1 1 2, c none. */
const matrix = confusionOf([0, 0, 8, 0, 1, 2, 1, 0, 1, 1, 1, 1, 1, 2, 2], names)

describe('a confusion matrix', () => {
  it('is made of sparse counts, with shares of the true class', () => {
    expect(countAt(matrix, 0, 1)).toBe(2)
    expect(shareAt(matrix, 1, 2)).toBe(0.5)
    expect(shareAt(matrix, 2, 2)).toBe(0)
    expect(accuracyOf(matrix)).toBeCloseTo(9 / 14, 12)
  })

  it('leaves counts of unknown classes out', () => {
    const one = confusionOf([0, 0, 1, 7, 0, 5, 0, 3, 2], ['a'])
    expect([...one.counts]).toEqual([1])
    expect([...one.videos]).toEqual([1])
  })

  it('lists the wrong answers given to the largest part of a class', () => {
    expect(mostConfused(matrix, 2)).toEqual([
      { truth: 1, predicted: 2, count: 2, share: 0.5 },
      { truth: 1, predicted: 0, count: 1, share: 0.25 },
    ])
  })

  it('is ordered by class, by accuracy, and by what is confused', () => {
    expect(orderOf(matrix, 'index')).toEqual([0, 1, 2])
    expect(orderOf(matrix, 'accuracy')).toEqual([2, 1, 0])
    // d and a are confused, b and c are; what is confused stands together.
    const pairs = confusionOf(
      [0, 0, 5, 0, 3, 5, 3, 3, 9, 3, 0, 1, 1, 2, 4, 2, 2, 4],
      ['a', 'b', 'c', 'd'],
    )
    const order = orderOf(pairs, 'confusion')
    expect([...order].sort()).toEqual([0, 1, 2, 3])
    expect(Math.abs(order.indexOf(0) - order.indexOf(3))).toBe(1)
    expect(Math.abs(order.indexOf(1) - order.indexOf(2))).toBe(1)
    expect(orderOf(confusionOf([], []), 'confusion')).toEqual([])
  })

  it('puts classes together', () => {
    const both = grouped(matrix, [0, 1, 1], ['x', 'y'])
    expect([...both.counts]).toEqual([8, 2, 1, 3])
    expect([...both.videos]).toEqual([10, 4])
  })
})

describe('its place on the screen', () => {
  const plot = { left: 50, top: 50, width: 400, height: 300 }
  const room = { size: 100, plot }
  const whole = wholeMatrix(100, plot)

  it('is all of it at first, and never less', () => {
    expect(whole).toEqual({ cell: 3, x: 0, y: 0 })
    expect(zoomed(whole, 0.5, { x: 0, y: 0 }, room).cell).toBe(3)
    expect(wholeMatrix(2, plot).cell).toBe(56)
  })

  it('keeps the cell under the pointer while it is magnified', () => {
    const at = { x: 200, y: 120 }
    const under = cellUnder(whole, at, room)
    expect(under).toEqual({ row: 40, column: 66 })
    const near = zoomed(whole, 6, at, room)
    expect(near.cell).toBe(18)
    expect(cellUnder(near, at, room)).toEqual(under)
    expect(zoomed(whole, 1000, at, room).cell).toBe(64)
  })

  it('does not move beyond its cells', () => {
    const near = zoomed(whole, 6, { x: 0, y: 0 }, room)
    expect(panned(near, { x: 500, y: 500 }, room)).toEqual({ cell: 18, x: 0, y: 0 })
    expect(panned(near, { x: -5000, y: -5000 }, room)).toEqual({ cell: 18, x: -1400, y: -1500 })
    expect(cellUnder(near, { x: 401, y: 10 }, room)).toBeNull()
    expect(cellUnder(whole, { x: 350, y: 10 }, room)).toBeNull()
  })
})

describe('the parts of a dive', () => {
  it('are read from the words of the vocabulary', () => {
    const parts = diveAttributes(['Back 15som 05Twis FREE', 'Back Dive NoTwis PIKE'])
    expect(parts?.map(({ name, values }) => [name, values])).toEqual([
      ['take-off', ['Back']],
      ['movement', ['1.5 somersaults', 'Dive']],
      ['rotation', ['0.5 twists', 'no twist']],
      ['entry', ['FREE', 'PIKE']],
    ])
    expect(parts?.[0]?.groupOf).toEqual([0, 0])
    expect(parts?.[3]?.groupOf).toEqual([0, 1])
    expect(
      diveAttributes(['Forward 35som NoTwis TUCK', 'Inward 1som 1Twis FREE'])?.[1],
    ).toMatchObject({ values: ['3.5 somersaults', '1 somersault'] })
  })

  it('are not looked for in other classes', () => {
    expect(diveAttributes(['ApplyEyeMakeup', 'Archery'])).toBeNull()
    expect(diveAttributes([])).toBeNull()
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MaskError } from '#shared/masks/mask.ts'
import { packRuns, unpackRuns } from '#shared/masks/packed-runs.ts'
import {
  checkRuns,
  countForeground,
  decodeRuns,
  encodeChange,
  encodeRuns,
  xorRuns,
} from '#shared/masks/runs.ts'

const bits = fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 200 })
const mask = bits.map((values) => Uint8Array.from(values))
const twoMasks = bits.chain((values) =>
  fc
    .array(fc.integer({ min: 0, max: 1 }), { minLength: values.length, maxLength: values.length })
    .map((other) => [Uint8Array.from(values), Uint8Array.from(other)] as const),
)

describe('runs', () => {
  it('count zeros first, row by row', () => {
    expect(encodeRuns(Uint8Array.from([0, 0, 1, 1, 1, 0]))).toEqual([2, 3, 1])
    expect(encodeRuns(Uint8Array.from([1, 0, 0, 1]))).toEqual([0, 1, 2, 1])
    expect(encodeRuns(new Uint8Array(9))).toEqual([9])
    expect(encodeRuns(new Uint8Array(9).fill(1))).toEqual([0, 9])
  })

  it('of any mask give that mask back, and its foreground', () => {
    fc.assert(
      fc.property(mask, (data) => {
        const runs = encodeRuns(data)
        expect(decodeRuns(runs, data.length)).toEqual(data)
        expect(countForeground(runs)).toBe(data.reduce((a, b) => a + b, 0))
        expect(runs.slice(1, -1).every((run) => run > 0)).toBe(true)
      }),
    )
  })

  it('write over what an array held', () => {
    expect(decodeRuns([1, 2], 3, new Uint8Array(3).fill(1))).toEqual(Uint8Array.from([0, 1, 1]))
  })

  it('of a difference are those of the pixels that differ', () => {
    fc.assert(
      fc.property(twoMasks, ([a, b]) => {
        const difference = a.map((value, i) => value ^ b[i])
        expect(xorRuns(encodeRuns(a), encodeRuns(b))).toEqual(encodeRuns(difference))
      }),
    )
  })

  it('with empty runs inside mean the same mask', () => {
    expect(xorRuns([1, 0, 1, 2], [4])).toEqual([2, 2])
    expect(decodeRuns([1, 0, 1, 2], 4)).toEqual(Uint8Array.from([0, 0, 1, 1]))
    expect(xorRuns([0, 0, 3], [3])).toEqual([3])
  })

  it('applied as a difference turn one mask into the other, and back', () => {
    fc.assert(
      fc.property(twoMasks, ([a, b]) => {
        const runs = xorRuns(encodeRuns(a), encodeRuns(b))
        expect(encodeChange(a, b)).toEqual(runs)
        expect(xorRuns(encodeRuns(a), runs)).toEqual(encodeRuns(b))
        expect(xorRuns(encodeRuns(b), runs)).toEqual(encodeRuns(a))
      }),
    )
  })

  it('that do not fit are refused with both sizes', () => {
    expect(() => decodeRuns([2, 3], 6)).toThrow(
      new MaskError("The mask's runs cover 5 pixels, expected 6."),
    )
    expect(() => checkRuns([8, -2], 6)).toThrow(/Run 1 of the mask is -2: expected whole numbers/)
    expect(() => checkRuns([1.5, 4.5], 6)).toThrow(/Run 0 of the mask is 1.5/)
    expect(() => checkRuns([NaN], 6)).toThrow(MaskError)
    expect(() => xorRuns([4], [5])).toThrow(MaskError)
    expect(() => encodeChange(new Uint8Array(4), new Uint8Array(5))).toThrow(MaskError)
    expect(() => decodeRuns([4], 4, new Uint8Array(3))).toThrow(/a mask of 4 pixels, got 3/)
  })
})

describe('packed runs', () => {
  it('are LEB128', () => {
    expect([...packRuns([0, 127, 128, 624_485])]).toEqual([0, 127, 0x80, 1, 0xe5, 0x8e, 0x26])
  })

  it('give the same runs back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 35 - 1 })), (runs) => {
        expect(unpackRuns(packRuns(runs))).toEqual(runs)
      }),
    )
  })

  it('that are damaged are refused', () => {
    expect(() => unpackRuns(Uint8Array.from([3, 0x80]))).toThrow(/damaged: the last number is cut/)
    expect(() => unpackRuns(new Uint8Array(6).fill(0x80))).toThrow(/more than 5 bytes/)
  })
})

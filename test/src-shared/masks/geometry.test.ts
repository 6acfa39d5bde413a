import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { carryMask, upsampleSoft, type MaskView } from '#shared/masks/geometry.ts'
import { MaskError, type Mask } from '#shared/masks/mask.ts'
import { Rng } from '#shared/random/rng.ts'
import { cropAndResize } from '#shared/fame/resample.ts'
import { anyMask, mapPixels, maskOf, rowsOf } from './edits/pictures.ts'

const part = fc.double({ min: 0, max: 1, noNaN: true })
const size = fc.integer({ min: 1, max: 24 })

/** A mask, another of its size, and a box inside them. */
const scene = fc
  .tuple(anyMask, fc.infiniteStream(fc.boolean()), part, part, part, part, fc.boolean())
  .map(([mask, values, a, b, c, d, flip]) => {
    const [height, width] = [1 + a * (mask.height - 1), 1 + b * (mask.width - 1)].map(Math.round)
    const top = Math.round(c * (mask.height - height))
    const left = Math.round(d * (mask.width - width))
    const other = mapPixels(mask, () => values.next().value === true)
    const view: MaskView = { box: { top, left, height, width }, flip }
    return { mask, other, view }
  })

const square = (data: Uint8Array, side: number): Mask => ({ data, height: side, width: side })

/** The mask as a grey picture, through the crop and resize of the loader: [size, size], 0..1. */
function carryPicture({ data, height, width }: Mask, view: MaskView, side: number): Float32Array {
  const bytes = Uint8Array.from(
    { length: data.length * 3 },
    (_, i) => 255 * data[Math.floor(i / 3)],
  )
  const out = new Float32Array(side * side * 3)
  cropAndResize({ data: bytes, frames: 1, height, width }, view.box, side, view.flip, out)
  return out.filter((_, i) => i % 3 === 0)
}

describe('carryMask', () => {
  it('compares the same before and after', () => {
    fc.assert(
      fc.property(scene, size, ({ mask, other, view }, side) => {
        const comparisons = [
          (a: number, b: number) => a === b,
          (a: number, b: number) => a === 1 && b === 1,
          (a: number, b: number) => a === 1 || b === 1,
          (a: number, b: number) => a > b,
        ]
        for (const compare of comparisons) {
          const before = { ...mask, data: mask.data.map((a, i) => +compare(a, other.data[i])) }
          const comparedThenCarried = carryMask(before, view, side)
          const carried = carryMask(other, view, side)
          const carriedThenCompared = carryMask(mask, view, side).map(
            (a, i) => +compare(a, carried[i]),
          )
          expect(comparedThenCarried).toEqual(carriedThenCompared)
        }
      }),
    )
  })

  it("follows the loader's resize: a picture of the mask lies where the mask lies", () => {
    fc.assert(
      fc.property(scene, size, ({ mask, view }, side) => {
        const carried = carryMask(mask, view, side)
        carryPicture(mask, view, side).forEach((value, i) => {
          if (value > 0.7501) expect(carried[i]).toBe(1)
          if (value < 0.2499) expect(carried[i]).toBe(0)
        })
      }),
    )
  })

  it('cuts a disc as a picture of it, but for a few pixels of the outline', () => {
    const rng = new Rng(4)
    const mask = mapPixels(
      { data: new Uint8Array(240 * 320), height: 240, width: 320 },
      (x, y) => Math.hypot(x - 160, y - 120) < 80,
    )
    for (let i = 0; i < 20; i++) {
      const [height, width] = [100 + rng.int(141), 130 + rng.int(191)]
      const box = { top: rng.int(241 - height), left: rng.int(321 - width), height, width }
      const view = { box, flip: rng.chance(0.5) }
      const carried = carryMask(mask, view, 112)
      const picture = carryPicture(mask, view, 112)
      const different = carried.filter((value, p) => value !== (picture[p] >= 0.5 ? 1 : 0)).length
      expect(different).toBeLessThan(0.004 * 112 * 112)
    }
  })

  it('is exact for a crop at its own size, and for a flip', () => {
    fc.assert(
      fc.property(scene, ({ mask, view }) => {
        const side = Math.min(view.box.height, view.box.width)
        const box = { ...view.box, height: side, width: side }
        const rows = rowsOf(mask)
          .slice(box.top, box.top + side)
          .map((row) => row.slice(box.left, box.left + side))
        expect(rowsOf(square(carryMask(mask, { box, flip: false }, side), side))).toEqual(rows)
        const mirrored = rows.map((row) => [...row].reverse().join(''))
        expect(rowsOf(square(carryMask(mask, { box, flip: true }, side), side))).toEqual(mirrored)
      }),
    )
  })

  it('makes whole blocks of pixels when it enlarges by a whole number', () => {
    const box = { top: 0, left: 0, height: 2, width: 2 }
    const carried = carryMask(maskOf('#.', '.#'), { box, flip: false }, 4)
    expect(rowsOf(square(carried, 4))).toEqual(['##..', '##..', '..##', '..##'])
  })

  it('refuses a box that leaves the mask, and a result of another size', () => {
    const mask = maskOf('##', '##')
    const box = { top: 1, left: 0, height: 2, width: 2 }
    expect(() => carryMask(mask, { box, flip: false }, 2)).toThrow(
      new MaskError('A box of 2 x 2 at (1, 0) leaves the mask of 2 x 2.'),
    )
    const whole = { box: { ...box, top: 0 }, flip: false }
    expect(() => carryMask(mask, whole, 2, new Uint8Array(5))).toThrow(MaskError)
  })
})

describe('upsampleSoft', () => {
  it('interpolates as torch does', () => {
    // torch.nn.functional.interpolate([[0, 1], [2, 4]], (3, 4), mode='bilinear')
    const soft = Float32Array.from([0, 1, 2, 4])
    const expected = [0, 0.25, 0.75, 1, 1, 1.375, 2.125, 2.5, 2, 2.5, 3.5, 4]
    const found = upsampleSoft(soft, 2, 2, 3, 4)
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6))
  })

  it('gives a plane of the same size as it is', () => {
    const soft = Float32Array.from([0.1, 0.9, 0.3, 0.2, 0.5, 0.7])
    expect(upsampleSoft(soft, 2, 3, 2, 3)).toEqual(soft)
  })

  it('stays within what it interpolates', () => {
    const sizes = fc.tuple(size, size, size, size)
    fc.assert(
      fc.property(sizes, fc.integer(), ([h, w, H, W], seed) => {
        const rng = new Rng(seed)
        const soft = Float32Array.from({ length: h * w }, () => rng.uniform())
        const found = upsampleSoft(soft, h, w, H, W)
        expect(found).toHaveLength(H * W)
        expect(Math.min(...found)).toBeGreaterThanOrEqual(Math.min(...soft) - 1e-6)
        expect(Math.max(...found)).toBeLessThanOrEqual(Math.max(...soft) + 1e-6)
      }),
    )
  })

  it('refuses planes of other sizes', () => {
    expect(() => upsampleSoft(new Float32Array(5), 2, 2, 4, 4)).toThrow(
      new MaskError('Expected 4 values for 2 x 2 pixels, got 5.'),
    )
    expect(() => upsampleSoft(new Float32Array(4), 2, 2, 4, 4, new Float32Array(9))).toThrow(
      MaskError,
    )
  })
})

import { describe, expect, it } from 'vitest'
import { MASK_VARIANTS } from '#shared/views/merge-settings.ts'
import { maskPlanes, motionPlanes } from '#shared/fame/mask-planes.ts'
import { computeMask } from '#shared/fame/masker.ts'
import { Rng } from '#shared/random/rng.ts'
import {
  agreementOf,
  areaOf,
  cutMask,
  meansOf,
} from '../../../../../src-renderer/src/features/masks/lib/mask-cut.ts'

/** A bright square that wanders over noise. */
function clipOf(height: number, width: number, frames = 4) {
  const rng = new Rng(7)
  const data = Uint8Array.from({ length: frames * height * width * 3 }, () => rng.int(60))
  for (let t = 0; t < frames; t++) {
    for (let y = 10; y < 20; y++) {
      for (let x = 8 + 3 * t; x < 18 + 3 * t; x++) {
        data.set([250, 120, 30], ((t * height + y) * width + x) * 3)
      }
    }
  }
  return { data, frames, height, width }
}

describe('a mask cut in the page', () => {
  const clip = clipOf(36, 48)
  const { height, width } = clip
  const planes = { ...maskPlanes(clip), ...motionPlanes(clip), height, width }

  it.each(MASK_VARIANTS.flatMap((variant) => [0.1, 0.5].map((beta) => ({ variant, beta }))))(
    'is the one that training makes: $variant at $beta',
    ({ variant, beta }) => {
      const cut = cutMask(planes, { variant, beta, adaptive: false })
      const expected = computeMask(clip, { variant, beta })
      expect(cut.mask.data).toEqual(expected.mask)
      expect(cut.area).toBeCloseTo(areaOf({ ...cut.mask, data: expected.mask }), 12)
    },
  )

  it('takes the beta that training would choose', () => {
    const cut = cutMask(planes, { variant: 'fame', beta: 0.5, adaptive: true })
    const expected = computeMask(clip, { variant: 'fame', beta: 0.5, adaptive: true })
    expect(cut.beta).toBe(expected.beta)
    expect(cut.mask.data).toEqual(expected.mask)
  })

  it('says what moves inside and outside', () => {
    const plane = Float32Array.of(1, 0.5, 0.25, 0)
    const mask = { data: Uint8Array.of(1, 1, 0, 0), height: 2, width: 2 }
    expect(meansOf(plane, mask)).toEqual({ inside: 0.75, outside: 0.125 })
    expect(meansOf(plane, { ...mask, data: Uint8Array.of(0, 0, 0, 0) }).inside).toBe(0)
  })
})

describe('how well a mask fits the true one', () => {
  const truth = {
    data: Uint8Array.of(1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    height: 4,
    width: 4,
  }

  it('counts at the same size', () => {
    const data = Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0)
    const { iou, precision, recall } = agreementOf({ data, height: 4, width: 4 }, truth)
    expect(iou).toBeCloseTo(2 / 5, 12)
    expect(precision).toBeCloseTo(2 / 3, 12)
    expect(recall).toBeCloseTo(2 / 4, 12)
  })

  it('reads a larger true mask at the middle of each pixel', () => {
    const small = { data: Uint8Array.of(1, 0, 0, 0), height: 2, width: 2 }
    expect(agreementOf(small, truth)).toEqual({ iou: 1, precision: 1, recall: 1 })
  })

  it('takes two empty masks for equal', () => {
    const none = { data: new Uint8Array(4), height: 2, width: 2 }
    expect(agreementOf(none, none)).toEqual({ iou: 1, precision: 1, recall: 1 })
  })
})

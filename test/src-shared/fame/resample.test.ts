import { describe, expect, it } from 'vitest'
import { cropAndResize, resizeAndCropCentre } from '#shared/fame/resample.ts'
import { ClipError } from '#shared/fame/clip.ts'
import golden from '../../fixtures/transforms/resize.json' with { type: 'json' }
import { largestDifference } from '../../fixtures/golden-clip.ts'

const { frames, height, width } = golden
const clip = { data: Uint8Array.from(golden.clip), frames, height, width }
const room = (size: number): Float32Array => new Float32Array(frames * size * size * 3)

describe('cropAndResize', () => {
  it.each(golden.crops)(
    'resizes $box.height x $box.width to $size as PyTorch does (flip: $flip)',
    ({ box, size, flip, expected }) => {
      const out = room(size)
      cropAndResize(clip, box, size, flip, out)
      expect(largestDifference(out, expected)).toBeLessThan(2e-6)
    },
  )

  it('writes into shared memory', () => {
    const { box, size, flip, expected } = golden.crops[0]
    const out = new Float32Array(new SharedArrayBuffer(4 * expected.length))
    cropAndResize(clip, box, size, flip, out)
    expect(largestDifference(out, expected)).toBeLessThan(2e-6)
  })

  it('refuses a box that leaves the frame and room of another length', () => {
    const box = { top: 5, left: 0, height: 7, width: 4 }
    expect(() => cropAndResize(clip, box, 4, false, room(4))).toThrow(ClipError)
    expect(() => cropAndResize(clip, box, 4, false, room(4))).toThrow('7 x 4 at (5, 0) leaves')
    const inside = { ...box, top: 4 }
    expect(() => cropAndResize(clip, inside, 4, false, room(5))).toThrow('room for 96 values')
  })
})

describe('resizeAndCropCentre', () => {
  it.each(golden.centre)('gives the view of torchvision at size $size', ({ size, expected }) => {
    const out = room(size)
    resizeAndCropCentre(clip, size, out)
    expect(largestDifference(out, expected)).toBeLessThan(2e-6)
  })

  it('gives the view of torchvision for an upright frame', () => {
    const { size, expected, clip: data, ...shape } = golden.tall
    const out = room(size)
    resizeAndCropCentre({ data: Uint8Array.from(data), frames, ...shape }, size, out)
    expect(largestDifference(out, expected)).toBeLessThan(2e-6)
  })

  it('resamples nothing when the frame has the size already', () => {
    const square = { data: clip.data.slice(0, 2 * 9 * 9 * 3), frames: 2, height: 9, width: 9 }
    const out = room(9)
    resizeAndCropCentre(square, 9, out)
    expect(out.map((value) => Math.fround(value * 255))).toEqual(Float32Array.from(square.data))
  })
})

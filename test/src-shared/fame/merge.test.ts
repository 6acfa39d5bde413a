import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClipError } from '#shared/fame/clip.ts'
import { mergeClips } from '#shared/fame/merge.ts'

describe('mergeClips', () => {
  const unit = fc.float({ min: 0, max: 1, noNaN: true })
  const pairs = fc
    .record({ frames: fc.integer({ min: 1, max: 3 }), pixels: fc.integer({ min: 1, max: 12 }) })
    .chain(({ frames, pixels }) => {
      const length = frames * pixels * 3
      const clip = fc.float32Array({
        min: 0,
        max: 1,
        noNaN: true,
        minLength: length,
        maxLength: length,
      })
      const bits = fc.array(fc.integer({ min: 0, max: 1 }), {
        minLength: pixels,
        maxLength: pixels,
      })
      return fc.record({ x: clip, y: clip, bits, soft: unit })
    })

  it('keeps x where the mask is 1 and takes y where it is 0, in every frame and channel', () => {
    fc.assert(
      fc.property(pairs, ({ x, y, bits }) => {
        const out = new Float32Array(x.length)
        mergeClips(x, y, Uint8Array.from(bits), out)
        out.forEach((value, i) => {
          const source = bits[Math.floor(i / 3) % bits.length] === 1 ? x : y
          expect(value).toBeCloseTo(source[i], 12)
        })
      }),
    )
  })

  it('changes nothing when a clip is merged with itself, and may write over its input', () => {
    fc.assert(
      fc.property(pairs, ({ x, bits }) => {
        const out = x.slice()
        mergeClips(out, x, Uint8Array.from(bits), out)
        expect(out).toEqual(x.map((value) => value + 0))
      }),
    )
  })

  it('mixes by a soft mask', () => {
    const out = new Float32Array(6)
    const x = Float32Array.of(1, 1, 1, 1, 1, 1)
    const y = Float32Array.of(0, 0.5, 1, 0, 0.5, 1)
    mergeClips(x, y, Float32Array.of(0.25, 0.75), out)
    expect(Array.from(out)).toEqual([0.25, 0.625, 1, 0.75, 0.875, 1])
  })

  it('refuses clips of different lengths', () => {
    const x = new Float32Array(12)
    expect(() => mergeClips(x, new Float32Array(9), new Uint8Array(4), x)).toThrow(ClipError)
    expect(() => mergeClips(x, x, new Uint8Array(3), x)).toThrow('a multiple of 3 x 3 mask values')
  })
})

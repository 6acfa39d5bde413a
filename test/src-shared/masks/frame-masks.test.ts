import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  changeFrames,
  changesBetween,
  mapFrames,
  packFrameChanges,
  packFrames,
  packedFrameCount,
  unpackFrameChanges,
  unpackFrames,
  type FrameMasks,
} from '#shared/masks/frame-masks.ts'
import { MaskError } from '#shared/masks/mask.ts'
import { packRuns } from '#shared/masks/packed-runs.ts'
import { encodeRuns } from '#shared/masks/runs.ts'

const PIXELS = 24
const shape = { frames: 16, pixels: PIXELS }

const packed = fc
  .array(fc.nat({ max: 1 }), { minLength: PIXELS, maxLength: PIXELS })
  .map((values) => packRuns(encodeRuns(Uint8Array.from(values))))
const frameMasks = fc
  .uniqueArray(
    fc.tuple(
      fc.nat({ max: shape.frames - 1 }),
      fc.record({ source: fc.constantFrom('hand' as const, 'propagated' as const), mask: packed }),
    ),
    { selector: ([frame]) => frame },
  )
  .map((entries): FrameMasks => new Map(entries))

/** A disc that moves by a pixel a frame, at 160 x 120. */
function moving(frames: number): FrameMasks {
  const mask = (t: number) =>
    Uint8Array.from({ length: 160 * 120 }, (_, i) =>
      Number(Math.hypot((i % 160) - 30 - t, Math.floor(i / 160) - 60) < 25),
    )
  return new Map(
    Array.from({ length: frames }, (_, t) => [
      t,
      { source: 'hand' as const, mask: packRuns(encodeRuns(mask(t))) },
    ]),
  )
}

describe('masks by frame', () => {
  it('come back as they were packed', () => {
    fc.assert(
      fc.property(frameMasks, (masks) => {
        const bytes = packFrames(masks, shape)
        expect(bytes === null).toBe(masks.size === 0)
        expect(unpackFrames(bytes, shape)).toEqual(new Map([...masks].sort(([a], [b]) => a - b)))
        if (bytes) expect(packedFrameCount(bytes)).toBe(shape.frames)
      }),
    )
  })

  it('go from one state to the other and back by what changed', () => {
    fc.assert(
      fc.property(frameMasks, frameMasks, (from, to) => {
        const bytes = packFrameChanges(changesBetween(from, to, PIXELS), shape)
        const changes = unpackFrameChanges(bytes, shape)
        expect(changeFrames(from, changes, PIXELS)).toEqual(to)
        expect(changeFrames(to, changes, PIXELS, 'back')).toEqual(from)
      }),
    )
  })

  it('take no more than their run lengths, and next to nothing where nothing moves', () => {
    const masks = moving(64)
    const whole = [...masks.values()].reduce((sum, { mask }) => sum + mask.length, 0)
    const bytes = packFrames(masks, { frames: 64, pixels: 160 * 120 })!
    expect(bytes.length).toBeLessThan(whole + 5 * 64)
    const still = new Map([...masks.keys()].map((frame) => [frame, masks.get(0)!]))
    expect(packFrames(still, { frames: 64, pixels: 160 * 120 })!.length).toBeLessThan(64 * 6 + 300)
  })

  it('keep their frames and sources where each mask is made anew', () => {
    const masks: FrameMasks = new Map([
      [2, { source: 'hand', mask: packRuns([3, 4, 17]) }],
      [9, { source: 'propagated', mask: packRuns([24]) }],
    ])
    const blank = mapFrames(packFrames(masks, shape)!, shape, () => packRuns([0, 24]))
    expect(unpackFrames(blank, shape)).toEqual(
      new Map([
        [2, { source: 'hand', mask: packRuns([0, 24]) }],
        [9, { source: 'propagated', mask: packRuns([0, 24]) }],
      ]),
    )
  })
})

describe('damaged masks by frame', () => {
  it('are refused with an error of their own, whatever the bytes', () => {
    const good = packFrames(moving(3), { frames: 3, pixels: 160 * 120 })!
    const mutated = fc
      .array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 })), { minLength: 1 })
      .map((edits) => {
        const bytes = good.slice()
        for (const [at, value] of edits) bytes[at] = value
        return bytes
      })
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array()), (bytes) => {
        try {
          for (const { mask } of unpackFrames(bytes, { frames: 3, pixels: 160 * 120 }).values()) {
            expect(mask.length).toBeLessThan(2 ** 20)
          }
        } catch (error) {
          expect(error).toBeInstanceOf(MaskError)
        }
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['of a clip of another shape', [1, 1, 15, 24], 'the clip 16 of 24'],
    ['of another kind', [1, 2, 16, 24], 'another form'],
    ['with frames out of order', [1, 1, 16, 24, 2, 1, 1, 24, 1, 1, 1, 24], 'out of order'],
    ['beyond the clip', [1, 1, 16, 24, 16, 1, 1, 24], 'out of order'],
    ['of another size', [1, 1, 16, 24, 2, 1, 1, 23], 'another size'],
    ['that end too early', [1, 1, 16, 24, 2, 1, 9, 24], 'end too early'],
    ['of an unknown source', [1, 1, 16, 24, 2, 4, 1, 24], 'number 4'],
  ])('%s are refused', (_, bytes, message) => {
    expect(() => unpackFrames(Uint8Array.from(bytes), shape)).toThrow(message)
  })

  it('cannot ask for far more memory than they take', () => {
    const pixels = 2 ** 20 + 5
    const change = new Uint8Array(pixels).fill(1)
    const head = packRuns([0, 1, change.length])
    const bytes = Buffer.concat([Uint8Array.of(1, 1), packRuns([16, pixels]), head, change])
    expect(() => unpackFrames(bytes, { frames: 16, pixels })).toThrow('noise')
  })

  it('do not change what they do not start from', () => {
    const changes = changesBetween(new Map(), moving(1), 160 * 120)
    expect(() => changeFrames(moving(1), changes, 160 * 120)).toThrow('frame 0 is not the one')
  })
})

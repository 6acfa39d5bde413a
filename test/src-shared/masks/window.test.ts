import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clipFrames } from '#shared/fame/clip-window.ts'
import {
  hasStartOutside,
  LEAST_OVERLAP,
  maskFor,
  overlap,
  overlapsAny,
  startsOutside,
  type ClipPlace,
} from '#shared/masks/window.ts'

const place: fc.Arbitrary<ClipPlace> = fc.record({
  start: fc.integer({ min: 0, max: 40 }),
  frames: fc.integer({ min: 2, max: 20 }),
  stride: fc.integer({ min: 1, max: 4 }),
})

describe('overlap', () => {
  it('is the part of the frames from first to last that lie in the window', () => {
    fc.assert(
      fc.property(place, place, (clip, window) => {
        const [first, last] = [
          clipFrames(window.start, window)[0],
          clipFrames(window.start, window).at(-1)!,
        ]
        const end = clipFrames(clip.start, clip).at(-1)!
        const all = Array.from({ length: end - clip.start + 1 }, (_, i) => clip.start + i)
        const inside = all.filter((frame) => frame >= first && frame <= last)
        expect(overlap(clip, window, 500)).toBeCloseTo(inside.length / all.length, 12)
      }),
    )
  })

  it('takes what is longer than the video for all of it', () => {
    const long = { start: 4, frames: 16, stride: 2 } // a span of 31
    expect(overlap({ ...long, start: 19 }, { ...long, start: 0 }, 20)).toBe(1)
    expect(overlap(long, { start: 5, frames: 10, stride: 1 }, 20)).toBe(0.5)
    expect(overlap({ start: 5, frames: 10, stride: 1 }, long, 20)).toBe(1)
  })
})

describe('maskFor', () => {
  const clip = { start: 10, frames: 8, stride: 2 } // frames 10 to 24
  const window = (start: number, changedAt: number, frames = 8) => ({
    start,
    frames,
    stride: 2,
    changedAt,
  })

  it('takes the window with the greatest overlap, from half on', () => {
    // 15 frames: one that begins 7 later shares 8 of them, 8 later 7.
    expect(maskFor(clip, [window(17, 1)], 99)).toEqual(window(17, 1))
    expect(maskFor(clip, [window(18, 1)], 99)).toBeNull()
    expect(maskFor(clip, [window(3, 9), window(12, 1), window(14, 9)], 99)).toEqual(window(12, 1))
    expect(maskFor(clip, [], 99)).toBeNull()
  })

  it('takes the one changed last when overlaps are equal, whatever their order', () => {
    const [early, late] = [window(8, 1), window(12, 2)]
    expect(maskFor(clip, [early, late], 99)).toBe(late)
    expect(maskFor(clip, [late, early], 99)).toBe(late)
    const stamps = [
      { ...early, changedAt: '2026-01-02T10:00:00.000Z' },
      { ...late, changedAt: '2026-01-01T10:00:00.000Z' },
    ]
    expect(maskFor(clip, stamps, 99)).toBe(stamps[0])
  })

  it('takes a window that covers a short clip whole', () => {
    expect(maskFor({ start: 20, frames: 2, stride: 1 }, [window(0, 1, 40)], 99)?.frames).toBe(40)
  })

  it('never takes one that another beats', () => {
    const windows = fc.array(fc.tuple(place, fc.integer({ min: 0, max: 3 })), { maxLength: 6 })
    fc.assert(
      fc.property(place, windows, (drawn, places) => {
        const all = places.map(([at, changedAt]) => ({ ...at, changedAt }))
        const taken = maskFor(drawn, all, 500)
        const parts = all.map((one) => overlap(drawn, one, 500))
        const best = Math.max(0, ...parts)
        if (!taken) {
          expect(best).toBeLessThan(LEAST_OVERLAP)
          return
        }
        expect(overlap(drawn, taken, 500)).toBe(best)
        const latest = Math.max(
          ...all.filter((_, i) => parts[i] === best).map((one) => one.changedAt),
        )
        expect(taken.changedAt).toBe(latest)
      }),
    )
  })
})

describe('startsOutside', () => {
  const places = fc.array(place, { maxLength: 4 })
  const length = fc.integer({ min: 2, max: 60 })

  it('gives the starts whose clips fit and overlap no window by half', () => {
    fc.assert(
      fc.property(place, places, length, ({ frames, stride }, windows, frameCount) => {
        const starts = startsOutside({ frames, stride }, windows, frameCount)
        for (let start = 0; start < frameCount; start++) {
          const clip = { start, frames, stride }
          const last = clipFrames(start, clip).at(-1)!
          const fits = last < frameCount || (frames - 1) * stride + 1 > frameCount
          const free = windows.every((window) => overlap(clip, window, frameCount) < LEAST_OVERLAP)
          expect(starts.includes(start)).toBe(fits && free)
          expect(overlapsAny(clip, windows, frameCount)).toBe(!free)
        }
        const isAny = hasStartOutside({ frames, stride }, windows, frameCount)
        expect(isAny).toBe(starts.length > 0)
      }),
    )
  })

  it('gives none where a video that is shorter than a clip is rejected', () => {
    const shape = { frames: 16, stride: 2 }
    expect(startsOutside(shape, [{ ...shape, start: 0 }], 20)).toEqual([])
    expect(startsOutside(shape, [], 20)).toHaveLength(20)
  })
})

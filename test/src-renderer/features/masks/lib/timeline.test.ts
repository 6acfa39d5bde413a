import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clipSpan } from '#shared/fame/clip-window.ts'
import {
  ceilingOf,
  columnsOf,
  fitted,
  frameAt,
  gripAt,
  panView,
  resized,
  reveal,
  tickStep,
  wholeView,
  xOf,
  zoomView,
} from '../../../../../src-renderer/src/features/masks/lib/timeline.ts'

describe('the part of a video in sight', () => {
  it('keeps the frame under the pointer while it zooms', () => {
    const view = zoomView(wholeView(1000), 0.5, 400, 1000)
    expect(view.to - view.from).toBeCloseTo(500, 9)
    expect(xOf(400, view, 800)).toBeCloseTo(320, 9)
    expect(frameAt(320, view, 800)).toBeCloseTo(400, 9)
  })

  it('stays inside the video', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20_000 }),
        fc.array(
          fc.tuple(
            fc.double({ min: 0.1, max: 5, noNaN: true }),
            fc.double({ min: 0, max: 1, noNaN: true }),
          ),
          {
            maxLength: 6,
          },
        ),
        (count, steps) => {
          let view = wholeView(count)
          for (const [factor, share] of steps) {
            view = zoomView(view, factor, view.from + share * (view.to - view.from), count)
            view = panView(view, (share - 0.5) * count, count)
            expect(view.from).toBeGreaterThanOrEqual(-1e-6)
            expect(view.to).toBeLessThanOrEqual(count + 1e-6)
            expect(view.to).toBeGreaterThan(view.from)
          }
        },
      ),
    )
  })

  it('moves on to a frame that is out of sight, and only then', () => {
    const view = { from: 100, to: 200 }
    expect(reveal(view, 150, 1000)).toBe(view)
    const moved = reveal(view, 200, 1000)
    expect(moved.from).toBeLessThanOrEqual(200)
    expect(moved.to).toBeGreaterThanOrEqual(201)
    expect(moved.to - moved.from).toBe(100)
  })

  it('has ticks at round numbers', () => {
    expect(tickStep(wholeView(16), 800, 64)).toBe(2)
    expect(tickStep(wholeView(795), 800, 64)).toBe(100)
    expect(tickStep(wholeView(18_000), 800, 64)).toBe(2000)
    expect(tickStep(wholeView(5), 800, 64)).toBe(1)
  })
})

describe('motion energy by columns', () => {
  it('takes the greatest of the frames that share a column', () => {
    const columns = columnsOf([1, 5, 2, 3, NaN, NaN, 7, 0], wholeView(8), 4)
    expect([...columns]).toEqual([5, 3, NaN, 7])
  })

  it('fills the width that a frame takes', () => {
    expect([...columnsOf([1, 2], wholeView(2), 4)]).toEqual([1, 1, 2, 2])
    expect([...columnsOf([1, 2], { from: 1, to: 2 }, 3)]).toEqual([2, 2, 2])
  })

  it('is scaled to what is usual, not to a cut between scenes', () => {
    const values = Float32Array.from({ length: 200 }, (_, i) => (i === 50 ? 9 : 0.1 + i * 1e-4))
    expect(ceilingOf(values)).toBeLessThan(0.2)
    expect(ceilingOf(values)).toBeGreaterThan(0.119)
    expect(ceilingOf(Float32Array.of(NaN, NaN))).toBeGreaterThan(0)
  })
})

describe('the window of the clip', () => {
  const window = { start: 40, frames: 16, stride: 2 }
  const view = wholeView(200)

  it('is held at its edges or as a whole', () => {
    expect(gripAt(40 * 4, window, view, 800)).toBe('left')
    expect(gripAt((40 + 31) * 4, window, view, 800)).toBe('right')
    expect(gripAt(55 * 4, window, view, 800)).toBe('body')
    expect(gripAt(90 * 4, window, view, 800)).toBeNull()
  })

  it('takes more frames to the right', () => {
    expect(resized(window, 'right', 101, { by: 'frames', count: 200 })).toEqual({
      start: 40,
      frames: 31,
      stride: 2,
    })
  })

  it('keeps its end when it grows to the left, and its frames when the stride gives way', () => {
    const end = window.start + clipSpan(window)
    const longer = resized(window, 'left', 20, { by: 'frames', count: 200 })
    expect(longer.start + clipSpan(longer)).toBe(end)
    expect(longer.start).toBeGreaterThanOrEqual(20)
    const wider = resized(window, 'right', 40 + 61, { by: 'stride', count: 200 })
    expect(wider).toEqual({ start: 40, frames: 16, stride: 4 })
  })

  it('never leaves the video, wherever its edge is drawn', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('left' as const, 'right' as const),
        fc.constantFrom('frames' as const, 'stride' as const),
        fc.integer({ min: -500, max: 500 }),
        (edge, by, to) => {
          const next = resized(window, edge, to, { by, count: 200 })
          expect(next.start).toBeGreaterThanOrEqual(0)
          expect(next.start + clipSpan(next)).toBeLessThanOrEqual(200)
        },
      ),
    )
  })

  it('is cut to a video that is too short', () => {
    expect(fitted({ frames: 16, stride: 2 }, 100)).toEqual({ frames: 16, stride: 2 })
    expect(fitted({ frames: 16, stride: 2 }, 20)).toEqual({ frames: 10, stride: 2 })
    expect(fitted({ frames: 16, stride: 8 }, 5)).toEqual({ frames: 2, stride: 1 })
  })
})

import { describe, expect, it } from 'vitest'
import { reviewReasons } from '#shared/masks/review.ts'
import { scoreMask } from '#main/masks/score-mask.ts'

const PIXELS = 1000

function plane(value: (i: number) => number): Float32Array {
  return Float32Array.from({ length: PIXELS }, (_, i) => value(i))
}

/** A clear foreground in the first fifth. */
const clear = plane((i) => (i < 200 ? 0.9 : 0.1))

describe('a score', () => {
  it('is best for a clear edge on which colour and motion agree', () => {
    const score = scoreMask({ soft: clear, seed: clear })
    expect(score).toEqual({ area: 0.2, stability: 1, agreement: 1, priority: 0 })
    expect(reviewReasons(score)).toEqual([])
  })

  it('sees an edge that is not clear', () => {
    const ramp = plane((i) => i / PIXELS)
    const score = scoreMask({ soft: ramp, seed: ramp })
    const pixels = score.area * PIXELS
    expect(score.stability).toBeCloseTo((pixels - 50) / (pixels + 50), 1)
    expect(score.priority).toBeGreaterThan(0)
  })

  it('sees variants that disagree', () => {
    const elsewhere = plane((i) => (i >= 800 ? 0.9 : 0.1))
    const score = scoreMask({ soft: clear, seed: elsewhere })
    expect(score).toMatchObject({ stability: 1, agreement: 0, priority: 0.5 })
    expect(reviewReasons(score)).toEqual(['colour and motion disagree'])
  })

  it('sees a foreground that is hardly there, or nearly everything', () => {
    const speck = plane((i) => (i < 10 ? 0.9 : 0.1))
    const flood = plane((i) => (i < 950 ? 0.9 : 0.1))
    const reasons = [speck, flood].map((soft) => reviewReasons(scoreMask({ soft, seed: soft })))
    expect(reasons[0]).toContain('almost no foreground')
    expect(reasons[1]).toContain('mostly foreground')
  })

  it('is told of a plane without anything in it', () => {
    const nothing = plane(() => 0)
    const score = scoreMask({ soft: nothing, seed: nothing })
    expect(score.area).toBe(0.05)
    expect(Object.values(score).every((value) => value >= 0 && value <= 1)).toBe(true)
  })
})

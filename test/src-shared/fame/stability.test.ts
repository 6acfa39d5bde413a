import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { computeMask } from '#shared/fame/masker.ts'
import { STABILITY_MARGIN, stabilityCurve } from '#shared/fame/stability.ts'
import { Rng } from '#shared/random/rng.ts'
import { GOLDEN_NAMES, intersectionOverUnion, readGolden } from '../../fixtures/golden-clip.ts'

const betas = Array.from({ length: 99 }, (_, i) => (i + 1) / 100)

describe('stability', () => {
  it.each(GOLDEN_NAMES)('is the IoU of the masks cut a little higher and lower: %s', (name) => {
    const { soft } = computeMask(readGolden(name).clip, { beta: 0.5, variant: 'fame' })
    const sorted = soft.toSorted().reverse()
    const curve = stabilityCurve(soft, betas)
    betas.forEach((beta, i) => {
      const rank = Math.trunc(beta * soft.length)
      const tau = (sorted[rank - 1] + sorted[rank]) / 2
      const cut = (threshold: number) => Uint8Array.from(soft, (value) => Number(value > threshold))
      const expected = intersectionOverUnion(
        cut(tau + STABILITY_MARGIN),
        cut(tau - STABILITY_MARGIN),
      )
      expect(Math.abs(curve[i] - expected)).toBeLessThan(0.01)
    })
  })

  it('is 1 where the mask follows a step, and lower anywhere on a slope', () => {
    const step = Float32Array.from({ length: 1000 }, (_, i) => (i < 300 ? 1 : 0))
    expect(stabilityCurve(step, [0.3])).toEqual([1])
    const slope = Float32Array.from({ length: 1000 }, (_, i) => i / 999)
    for (const value of stabilityCurve(slope, [0.2, 0.5])) expect(value).toBeLessThan(0.85)
  })

  it('lies in [0, 1] for any plane, without motion too', () => {
    const planes = fc
      .tuple(fc.integer(), fc.integer({ min: 16, max: 400 }), fc.integer({ min: 1, max: 50 }))
      .map(([seed, length, levels]) => {
        const rng = new Rng(seed)
        return Float32Array.from({ length }, () => rng.int(levels + 1) / levels)
      })
    fc.assert(
      fc.property(planes, (plane) => {
        for (const value of stabilityCurve(plane, [0, ...betas, 1])) {
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(1)
        }
      }),
    )
    const still = stabilityCurve(new Float32Array(64), betas)
    expect(still.every((value) => value >= 0 && value <= 1)).toBe(true)
  })
})

import { describe, expect, it } from 'vitest'
import { ADAPTIVE_BETA_RANGE, chooseBeta, chooseBetaOr } from '#shared/fame/adaptive-beta.ts'
import { fameKernelSize, gaussianKernel, PlaneBlur } from '#shared/fame/gaussian-blur.ts'
import { computeMask } from '#shared/fame/masker.ts'
import { normaliseRange } from '#shared/fame/motion.ts'
import { Rng } from '#shared/random/rng.ts'
import { GOLDEN_NAMES, readGolden } from '../../fixtures/golden-clip.ts'

const SIZE = 112

/** A soft mask like FAME's: a bright disc on a dim noisy ground, blurred. */
function softDisc(part: number): Float32Array {
  const rng = new Rng(1)
  const radius = SIZE * Math.sqrt(part / Math.PI)
  const plane = Float32Array.from({ length: SIZE * SIZE }, (_, i) => {
    const distance = Math.hypot((i % SIZE) - SIZE / 2, Math.floor(i / SIZE) - SIZE / 2)
    return (distance < radius ? 0.7 : 0.1) + rng.uniform(0, 0.2)
  })
  const taps = fameKernelSize(SIZE)
  new PlaneBlur(SIZE, SIZE).apply(plane, plane, gaussianKernel(taps, taps / 3))
  normaliseRange(plane)
  return plane
}

describe('the chosen beta', () => {
  it.each([0.08, 0.15, 0.3, 0.5])('is the part of the frame that stands out: %d', (part) => {
    expect(Math.abs(chooseBeta(softDisc(part)) - part)).toBeLessThan(0.1 * part)
  })

  it('stays in its range where nothing or all stands out', () => {
    const [least, greatest] = ADAPTIVE_BETA_RANGE
    expect(chooseBeta(new Float32Array(SIZE * SIZE))).toBe(least)
    expect(chooseBeta(softDisc(0.01))).toBeLessThan(1.31 * least)
    expect(chooseBeta(softDisc(0.75))).toBe(greatest)
  })

  it.each(GOLDEN_NAMES)('is the one that the mask is cut at: %s', (name) => {
    const { clip } = readGolden(name)
    const options = { beta: 0.5, variant: 'fame', adaptive: true, fallback: false } as const
    const { beta, mask, soft } = computeMask(clip, options)
    expect(beta).toBe(chooseBeta(soft))
    const kept = mask.reduce((sum, value) => sum + value, 0)
    expect(kept).toBe(Math.trunc(beta * mask.length))
    expect(mask).toEqual(computeMask(clip, { beta, variant: 'fame' }).mask)
  })

  it.each(GOLDEN_NAMES)('is the given one where the soft mask ends at no edge: %s', (name) => {
    const { clip } = readGolden(name)
    const { beta, soft } = computeMask(clip, { beta: 0.4, variant: 'fame', adaptive: true })
    // Before these grounds of many colours the choice runs into its upper bound.
    expect(chooseBeta(soft)).toBeGreaterThan(0.55)
    expect(beta).toBe(0.4)
  })

  it('is the given one unless what is cut moves three times as much as the rest', () => {
    const soft = softDisc(0.3)
    const chosen = chooseBeta(soft)
    const inside = Float32Array.from(soft, (value) => (value > 0.5 ? 0.8 : 0.1))
    expect(chooseBetaOr(soft, inside, 0.5)).toBe(chosen)
    const everywhere = Float32Array.from(soft, (value) => (value > 0.5 ? 0.8 : 0.5))
    expect(chooseBetaOr(soft, everywhere, 0.5)).toBe(0.5)
  })

  it('is the one asked for without the option, and for the grid, which has none', () => {
    const { clip } = readGolden('tree')
    expect(computeMask(clip, { beta: 0.4, variant: 'fame' }).beta).toBe(0.4)
    expect(computeMask(clip, { beta: 0.4, variant: 'grid', adaptive: true }).beta).toBe(0.4)
  })
})

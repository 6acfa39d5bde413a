import { describe, expect, it } from 'vitest'
import { ADAPTIVE_BETA_RANGE, chooseBeta } from '#shared/fame/adaptive-beta.ts'
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
    const { beta, mask, soft } = computeMask(clip, { beta: 0.5, variant: 'fame', adaptive: true })
    expect(beta).toBe(chooseBeta(soft))
    const kept = mask.reduce((sum, value) => sum + value, 0)
    expect(kept).toBe(Math.trunc(beta * mask.length))
    expect(mask).toEqual(computeMask(clip, { beta, variant: 'fame' }).mask)
  })

  it('is the one asked for without the option, and for the grid, which has none', () => {
    const { clip } = readGolden('tree')
    expect(computeMask(clip, { beta: 0.4, variant: 'fame' }).beta).toBe(0.4)
    expect(computeMask(clip, { beta: 0.4, variant: 'grid', adaptive: true }).beta).toBe(0.4)
  })
})

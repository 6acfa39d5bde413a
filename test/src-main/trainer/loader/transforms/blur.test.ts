import { describe, expect, it } from 'vitest'
import { blurClip, blurKernelSize, drawBlurSigma } from '#main/trainer/loader/transforms/blur.ts'
import { gaussianKernel, PlaneBlur } from '#shared/fame/gaussian-blur.ts'
import { Rng } from '#shared/random/rng.ts'
import golden from '../../../../fixtures/transforms/blur.json' with { type: 'json' }
import { largestDifference } from '../../../../fixtures/golden-clip.ts'

const { frames, height, width } = golden

describe('blurClip', () => {
  it.each(golden.cases)(
    'blurs with $kernel taps, sigma $sigma as torchvision does',
    ({ kernel, sigma, expected }) => {
      const clip = { data: Float32Array.from(golden.clip), frames, height, width }
      blurClip(clip, new PlaneBlur(height, width, 3), kernel, sigma)
      expect(largestDifference(clip.data, expected)).toBeLessThan(2e-6)
    },
  )

  it('leaves a constant clip as it is', () => {
    const clip = { data: new Float32Array(golden.clip.length).fill(0.3), frames, height, width }
    blurClip(clip, new PlaneBlur(height, width, 3), 7, 1.3)
    expect(clip.data.every((value) => Math.abs(value - 0.3) < 1e-6)).toBe(true)
  })

  it('refuses a kernel that reaches past the reflected frame, or is even, or has no width', () => {
    const blur = new PlaneBlur(4, 9, 1)
    const plane = new Float32Array(36)
    expect(() => blur.apply(plane, plane, gaussianKernel(9, 1))).toThrow('the plane has 4 x 9')
    expect(() => gaussianKernel(4, 1)).toThrow('odd kernel size, got 4')
    expect(() => gaussianKernel(3, 0)).toThrow('positive sigma, got 0')
  })

  it('draws sigma from 0.1 to 2 pixels, for a kernel of a tenth of the side', () => {
    const rng = new Rng(1)
    const sigmas = Array.from({ length: 1000 }, () => drawBlurSigma(rng))
    expect(Math.min(...sigmas)).toBeGreaterThanOrEqual(0.1)
    expect(Math.min(...sigmas)).toBeLessThan(0.15)
    expect(Math.max(...sigmas)).toBeLessThan(2)
    expect(Math.max(...sigmas)).toBeGreaterThan(1.95)
    expect([16, 48, 112, 224].map(blurKernelSize)).toEqual([3, 5, 11, 23])
  })
})

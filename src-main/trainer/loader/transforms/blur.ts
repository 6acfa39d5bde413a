import type { FloatClip } from '#shared/fame/clip.ts'
import { fameKernelSize, gaussianKernel, type PlaneBlur } from '#shared/fame/gaussian-blur.ts'
import type { Rng } from '#shared/random/rng.ts'

/** Range of the standard deviation in pixels, as in Chen et al. (ICML 2020). */
const SIGMA_MIN = 0.1
const SIGMA_MAX = 2

/** Draws the standard deviation of a blur: uniform in 0.1..2 pixels. */
export function drawBlurSigma(rng: Rng): number {
  return rng.uniform(SIGMA_MIN, SIGMA_MAX)
}

/** Taps of the blur for clips of `size` pixels: a tenth of the side (Chen et al., ICML 2020), odd, at least 3. */
export function blurKernelSize(size: number): number {
  return Math.max(3, fameKernelSize(size))
}

/**
 * Blurs every frame in place, reflect padding.
 * @param clip [T, H, W, 3]
 * @param blur made for H x W x 3
 * @param taps odd
 * @param sigma in pixels
 */
export function blurClip(clip: FloatClip, blur: PlaneBlur, taps: number, sigma: number): void {
  const kernel = gaussianKernel(taps, sigma)
  const frame = clip.height * clip.width * 3
  for (let t = 0; t < clip.frames; t++) blur.apply(clip.data, clip.data, kernel, t * frame)
}

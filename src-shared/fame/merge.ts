import { ClipError } from './clip.ts'

/**
 * Foreground-background merging: x*m + y*(1-m), the foreground of `x` on the background of `y`.
 * @param x [T, H, W, 3]
 * @param y [T, H, W, 3], another clip of the same shape
 * @param mask [H, W], one for all frames: 1 keeps x, 0 takes y, values between mix
 * @param out [T, H, W, 3]; may be `x` or `y`
 * @throws ClipError when the lengths do not fit
 */
export function mergeClips(
  x: Float32Array,
  y: Float32Array,
  mask: Uint8Array | Float32Array,
  out: Float32Array,
): void {
  if (x.length !== y.length || x.length !== out.length || x.length % (mask.length * 3) !== 0) {
    throw new ClipError(
      `Expected clips of one length, a multiple of 3 x ${mask.length} mask values; got ${x.length}, ${y.length} and ${out.length}.`,
    )
  }
  for (let i = 0; i < x.length;) {
    for (let pixel = 0; pixel < mask.length; pixel++, i += 3) {
      const m = mask[pixel]
      const rest = 1 - m
      out[i] = x[i] * m + y[i] * rest
      out[i + 1] = x[i + 1] * m + y[i + 1] * rest
      out[i + 2] = x[i + 2] * m + y[i + 2] * rest
    }
  }
}

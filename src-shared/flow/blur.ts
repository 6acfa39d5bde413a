/** Index -k of an axis counts as k, and beyond the end alike: c b | a b c | b a. */
function reflect(index: number, length: number): number {
  if (length === 1) return 0
  const period = 2 * (length - 1)
  const at = ((index % period) + period) % period
  return at < length ? at : period - at
}

/**
 * Separable convolution of a plane [H, W] with a symmetric kernel of odd length; the border is
 * reflected without repeating the edge, also where the kernel is wider than the plane.
 */
export function convolveBoth(
  source: ArrayLike<number>,
  { width, height }: { width: number; height: number },
  kernel: Float64Array,
): Float32Array {
  const radius = (kernel.length - 1) / 2
  const columns = tapsOf(width, radius)
  const rows = tapsOf(height, radius)
  const rowsDone = new Float64Array(width * height)
  const taps = kernel.length
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      let sum = 0
      for (let k = 0; k < taps; k++) sum += kernel[k] * source[y * width + columns[x * taps + k]]
      rowsDone[i] = sum
    }
  }
  const result = new Float32Array(width * height)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      let sum = 0
      for (let k = 0; k < taps; k++) sum += kernel[k] * rowsDone[rows[y * taps + k] * width + x]
      result[i] = sum
    }
  }
  return result
}

/** [length, 2 radius + 1]: the indices that each place of an axis takes its values from. */
function tapsOf(length: number, radius: number): Int32Array {
  const taps = 2 * radius + 1
  return Int32Array.from({ length: length * taps }, (_, i) =>
    reflect(Math.floor(i / taps) + (i % taps) - radius, length),
  )
}

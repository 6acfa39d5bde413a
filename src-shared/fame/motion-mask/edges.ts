import type { Stack } from './stack.ts'

/** Pixels by which a frame may be misplaced. */
const MISPLACED = 0.35

/**
 * How much each place may seem to change because frames of a moving camera are placed inexactly: the
 * change over part of a pixel, at the place or beside it.
 * @param change [H, W]
 * @returns [H, W]: the change without it
 */
export function forgiveEdges(
  { frames, height, width, data, known }: Stack,
  change: Float32Array,
): Float32Array {
  const pixels = height * width
  const slopes = new Float32Array(pixels)
  const counts = new Uint8Array(pixels)
  for (const t of [0, frames >> 1, frames - 1]) {
    for (let y = 1; y < height - 1; y++) {
      for (let x = 1, i = y * width + 1; x < width - 1; x++, i++) {
        const q = t * pixels + i
        if (known[q - 1] + known[q + 1] + known[q - width] + known[q + width] < 4) continue
        let slope = 0
        for (let c = 3 * q; c < 3 * q + 3; c++) {
          slope += Math.abs(data[c + 3] - data[c - 3])
          slope += Math.abs(data[c + 3 * width] - data[c - 3 * width])
        }
        slopes[i] += slope / 2
        counts[i]++
      }
    }
  }
  return change.map((value, i) =>
    counts[i] === 0 ? value : Math.max(0, value - (MISPLACED * slopes[i]) / counts[i]),
  )
}

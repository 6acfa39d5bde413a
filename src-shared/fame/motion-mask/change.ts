import type { Memory } from './memory.ts'
import type { Stack } from './stack.ts'

/** How much the places of a stack change from each frame to the next. */
export interface Change {
  /** [T - 1, H, W], 0..765: the difference summed over RGB, averaged over 3 x 3 places. */
  steps: Float32Array
  /** [H, W]: the greatest over time. A mean would lose what passes fast or rests long. */
  greatest: Float32Array
}

/** Measures the change; it is 0 where two frames do not both show the place. */
export function measureChange(stack: Stack, memory: Memory): Change {
  const { frames, height, width } = stack
  const pixels = height * width
  const steps = memory.float('steps', (frames - 1) * pixels)
  const greatest = new Float32Array(pixels)
  const change = new Float32Array(height * width)
  const rows = new Float32Array(height * width)
  for (let t = 1; t < frames; t++) {
    changeOf(stack, t, change)
    boxRows(change, height, width, rows)
    boxColumns(rows, height, width, steps.subarray((t - 1) * pixels, t * pixels), greatest)
  }
  return { steps, greatest }
}

function changeOf({ height, width, data, known }: Stack, t: number, change: Float32Array): void {
  const pixels = height * width
  for (let i = 0, q = t * pixels, p = q - pixels; i < pixels; i++, p++, q++) {
    const j = p * 3
    const k = q * 3
    change[i] =
      known[p] + known[q] === 2
        ? Math.abs(data[k] - data[j]) +
          Math.abs(data[k + 1] - data[j + 1]) +
          Math.abs(data[k + 2] - data[j + 2])
        : 0
  }
}

/** Sums over three neighbours along x; the edge counts twice. */
function boxRows(from: Float32Array, height: number, width: number, to: Float32Array): void {
  for (let y = 0, i = 0; y < height; y++) {
    to[i] = 2 * from[i] + from[i + 1]
    for (const end = i + width - 1; ++i < end;) to[i] = from[i - 1] + from[i] + from[i + 1]
    to[i] = from[i - 1] + 2 * from[i]
    i++
  }
}

/** Means over 3 x 3 neighbours, from sums over rows; `greatest` keeps the greatest so far. */
function boxColumns(
  rows: Float32Array,
  height: number,
  width: number,
  to: Float32Array,
  greatest: Float32Array,
): void {
  for (let y = 0, i = 0; y < height; y++) {
    const up = y === 0 ? 0 : -width
    const down = y === height - 1 ? 0 : width
    for (let x = 0; x < width; x++, i++) {
      const value = (rows[i + up] + rows[i] + rows[i + down]) / 9
      to[i] = value
      if (value > greatest[i]) greatest[i] = value
    }
  }
}

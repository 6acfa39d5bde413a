import type { FlowField } from '../../flow/field.ts'
import type { CarrierFrame } from './flow-carrier.ts'

/** Half the side of the window in which two motions are compared. */
const WINDOW = 3

/**
 * Of two fields back to the frame before, at each pixel the one whose pixel there looks more alike, in
 * a window around it.
 */
export function betterOf(
  a: FlowField,
  b: FlowField,
  before: CarrierFrame,
  now: CarrierFrame,
): { field: FlowField; isSecond: Uint8Array } {
  const { width, height } = now
  const differences = [a, b].map((field) => boxSum(differenceOf(field, before, now), width, height))
  const field = { width, height, u: a.u.slice(), v: a.v.slice() }
  const isSecond = new Uint8Array(width * height)
  for (let i = 0; i < isSecond.length; i++) {
    if (differences[1][i] >= differences[0][i]) continue
    isSecond[i] = 1
    field.u[i] = b.u[i]
    field.v[i] = b.v[i]
  }
  return { field, isSecond }
}

/** How different each pixel is from the one that it came from. */
function differenceOf(
  { u, v }: FlowField,
  before: CarrierFrame,
  { rgb, width, height }: CarrierFrame,
): Float32Array {
  return u.map((_, i) => {
    const x = Math.round((i % width) + u[i])
    const y = Math.round(Math.floor(i / width) + v[i])
    if (x < 0 || y < 0 || x >= width || y >= height) return 192
    let sum = 0
    for (let c = 0, from = 3 * (y * width + x); c < 3; c++) {
      sum += Math.min(64, Math.abs(rgb[3 * i + c] - before.rgb[from + c]))
    }
    return sum
  })
}

function boxSum(plane: Float32Array, width: number, height: number): Float32Array {
  const across = new Float32Array(plane.length)
  const out = new Float32Array(plane.length)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      let sum = 0
      for (let d = -WINDOW; d <= WINDOW; d++) {
        sum += plane[y * width + Math.min(width - 1, Math.max(0, x + d))]
      }
      across[i] = sum
    }
  }
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      let sum = 0
      for (let d = -WINDOW; d <= WINDOW; d++) {
        sum += across[Math.min(height - 1, Math.max(0, y + d)) * width + x]
      }
      out[i] = sum
    }
  }
  return out
}

import type { FlowField } from '../field.ts'
import { TERMS } from './polynomial.ts'

/** Confidence of the five pixels next to each border, from the border inwards. */
const BORDER = [0.14, 0.14, 0.4472, 0.4472, 0.4472]
/** Keeps the determinant from 0 where nothing shows the motion. */
const DAMPING = 1e-3

/**
 * The normal equations of each pixel's displacement under the flow so far (Farneback 2003, section 4):
 * with A the mean of both expansions' quadratic parts, A d = (b1 - b2) / 2 + A d0.
 * @param first [H, W, 5] expansion of the first frame
 * @param second [H, W, 5] of the second, read where the flow points, bilinearly
 * @param result [H, W, 5]: the elements of A^T A (three) and A^T b (two)
 */
export function normalEquations(
  first: Float32Array,
  second: Float32Array,
  flow: FlowField,
  result: Float32Array,
): void {
  const { width, height } = flow
  const row = width * TERMS
  for (let y = 0, i = 0, at = 0; y < height; y++) {
    const vertical = confidence(y, height)
    for (let x = 0; x < width; x++, i++, at += TERMS) {
      const dx = flow.u[i]
      const dy = flow.v[i]
      const x1 = Math.floor(x + dx)
      const y1 = Math.floor(y + dy)
      let r2 = 0
      let r3 = 0
      let r4 = first[at + 2]
      let r5 = first[at + 3]
      let r6 = first[at + 4] * 0.5
      if (x1 >= 0 && y1 >= 0 && x1 < width - 1 && y1 < height - 1) {
        const fx = x + dx - x1
        const fy = y + dy - y1
        const a = (1 - fx) * (1 - fy)
        const b = fx * (1 - fy)
        const c = (1 - fx) * fy
        const d = fx * fy
        const p = y1 * row + x1 * TERMS
        const q = p + TERMS
        const r = p + row
        const s = r + TERMS
        r2 = a * second[p] + b * second[q] + c * second[r] + d * second[s]
        r3 = a * second[p + 1] + b * second[q + 1] + c * second[r + 1] + d * second[s + 1]
        const yy = a * second[p + 2] + b * second[q + 2] + c * second[r + 2] + d * second[s + 2]
        const xx = a * second[p + 3] + b * second[q + 3] + c * second[r + 3] + d * second[s + 3]
        const xy = a * second[p + 4] + b * second[q + 4] + c * second[r + 4] + d * second[s + 4]
        r4 = (r4 + yy) * 0.5
        r5 = (r5 + xx) * 0.5
        r6 = r6 * 0.5 + xy * 0.25
      }
      r2 = (first[at] - r2) * 0.5 + r4 * dy + r6 * dx
      r3 = (first[at + 1] - r3) * 0.5 + r6 * dy + r5 * dx
      const trust = vertical * confidence(x, width)
      const weight = trust * trust
      result[at] = (r4 * r4 + r6 * r6) * weight
      result[at + 1] = (r4 + r5) * r6 * weight
      result[at + 2] = (r5 * r5 + r6 * r6) * weight
      result[at + 3] = (r4 * r2 + r6 * r3) * weight
      result[at + 4] = (r6 * r2 + r5 * r3) * weight
    }
  }
}

function confidence(at: number, length: number): number {
  let weight = 1
  if (at < BORDER.length) weight *= BORDER[at]
  if (at >= length - BORDER.length) weight *= BORDER[length - 1 - at]
  return weight
}

/**
 * Averages the normal equations over a square window, the edge being repeated, and solves them.
 * @param equations [H, W, 5] as `normalEquations` leaves them
 * @param window odd, pixels
 * @param flow is overwritten
 */
export function solveAveraged(equations: Float32Array, window: number, flow: FlowField): void {
  const { width, height } = flow
  const row = width * TERMS
  const half = (window - 1) / 2
  // The sums of a window's rows at each column, with `half + 1` columns repeated before and after.
  const before = (half + 1) * TERMS
  const sums = new Float64Array(row + 2 * before)
  for (let k = -half - 1; k < half; k++) {
    const from = Math.min(height - 1, Math.max(0, k)) * row
    for (let i = 0; i < row; i++) sums[before + i] += equations[from + i]
  }
  for (let y = 0; y < height; y++) {
    const entering = Math.min(height - 1, y + half) * row
    const leaving = Math.max(0, y - half - 1) * row
    for (let i = 0; i < row; i++) {
      sums[before + i] += equations[entering + i] - equations[leaving + i]
    }
    for (let k = 1; k <= half + 1; k++) {
      sums.copyWithin(before - k * TERMS, before, before + TERMS)
      const last = before + row - TERMS
      sums.copyWithin(last + k * TERMS, last, before + row)
    }
    solveRow(sums, half, flow, y)
  }
}

/** @param sums [W + 2 (half + 1), 5] */
function solveRow(sums: Float64Array, half: number, flow: FlowField, y: number): void {
  const { width, u, v } = flow
  const scale = 1 / (2 * half + 1) ** 2
  let yy = 0
  let xy = 0
  let xx = 0
  let by = 0
  let bx = 0
  for (let k = 0; k < 2 * half + 1; k++) {
    const at = k * TERMS
    yy += sums[at]
    xy += sums[at + 1]
    xx += sums[at + 2]
    by += sums[at + 3]
    bx += sums[at + 4]
  }
  for (let x = 0, i = y * width; x < width; x++, i++) {
    const leaving = x * TERMS
    const entering = leaving + (2 * half + 1) * TERMS
    yy += sums[entering] - sums[leaving]
    xy += sums[entering + 1] - sums[leaving + 1]
    xx += sums[entering + 2] - sums[leaving + 2]
    by += sums[entering + 3] - sums[leaving + 3]
    bx += sums[entering + 4] - sums[leaving + 4]
    const determinant = (yy * xx - xy * xy) * scale * scale + DAMPING
    const inverse = (scale * scale) / determinant
    u[i] = (yy * bx - xy * by) * inverse
    v[i] = (xx * by - xy * bx) * inverse
  }
}

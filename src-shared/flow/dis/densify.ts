import type { FlowField } from '../field.ts'
import { PATCH, type DisLevel } from './pyramid.ts'
import type { SparseFlow } from './search.ts'

/** Keeps a place inside the picture, so that it has a neighbour on the right and below. */
const INSIDE = 1e-3

/**
 * The motion of each pixel: the mean of the patches over it, each weighted by 1 / max(1, d), with d the
 * difference in grey that its motion leaves at the pixel (Kroeger et al. 2016, equation 3).
 */
export function densify(
  sparse: SparseFlow,
  first: DisLevel,
  second: DisLevel,
  flow: FlowField,
): void {
  const { width, height } = first
  const { columns, rows, stride } = sparse
  for (let y = 0, i = 0; y < height; y++) {
    const top = firstOver(y, stride, rows)
    const bottom = lastOver(y, stride, rows)
    for (let x = 0; x < width; x++, i++) {
      const left = firstOver(x, stride, columns)
      const right = lastOver(x, stride, columns)
      let weights = 0
      let u = 0
      let v = 0
      for (let r = top; r <= bottom; r++) {
        for (let c = left; c <= right; c++) {
          const p = r * columns + c
          const grey = greyAt(second, x + sparse.u[p], y + sparse.v[p])
          const weight = 1 / Math.max(1, Math.abs(grey - first.data[i]))
          weights += weight
          u += weight * sparse.u[p]
          v += weight * sparse.v[p]
        }
      }
      flow.u[i] = u / weights
      flow.v[i] = v / weights
    }
  }
}

/** Along one axis, the last of `count` patches that begin at or before a pixel. */
function lastOver(at: number, stride: number, count: number): number {
  return Math.min(Math.floor(at / stride), count - 1)
}

/** The first patch that ends behind a pixel; the last patch where none reaches it. */
function firstOver(at: number, stride: number, count: number): number {
  const first = at < PATCH ? 0 : Math.floor((at - PATCH) / stride) + 1
  return Math.min(first, lastOver(at, stride, count))
}

/** Bilinear; a place outside counts as the nearest inside. */
function greyAt({ data, width, height }: DisLevel, x: number, y: number): number {
  const column = Math.min(Math.max(x, 0), width - 1 - INSIDE)
  const row = Math.min(Math.max(y, 0), height - 1 - INSIDE)
  const left = Math.floor(column)
  const top = Math.floor(row)
  const across = column - left
  const down = row - top
  const i = top * width + left
  return (
    (1 - down) * ((1 - across) * data[i] + across * data[i + 1]) +
    down * ((1 - across) * data[i + width] + across * data[i + width + 1])
  )
}

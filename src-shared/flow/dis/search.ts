import type { FlowField } from '../field.ts'
import { Patch } from './patch.ts'
import { PATCH, type DisLevel } from './pyramid.ts'

/**
 * OpenCV searches rows of patches in as many stripes, between which no motion is passed on. Its fields
 * are met only with the same number.
 */
const STRIPES = 8
/** Once from the upper left, once from the lower right. */
const PASSES = 2

/** Motions of patches on a grid: the patch in row r and column c begins at `stride` times both. */
export interface SparseFlow {
  rows: number
  columns: number
  stride: number
  /** [rows, columns]. */
  u: Float32Array
  v: Float32Array
}

/**
 * Inverse search (Kroeger et al., "Fast Optical Flow using Dense Inverse Search", ECCV 2016, section
 * 2.1) with OpenCV's spatial propagation: a patch begins with the motion of the coarser level or with
 * that of a neighbour searched before it, whichever fits better, and goes down the gradient from there.
 * @param start motion at this level, as the coarser one gives it
 * @param iterations of gradient descent over both passes
 */
export function searchPatches(
  first: DisLevel,
  second: DisLevel,
  start: FlowField,
  { stride, iterations }: { stride: number; iterations: number },
): SparseFlow {
  const rows = 1 + Math.floor((first.height - PATCH) / stride)
  const columns = 1 + Math.floor((first.width - PATCH) / stride)
  const sparse: SparseFlow = {
    rows,
    columns,
    stride,
    u: new Float32Array(rows * columns),
    v: new Float32Array(rows * columns),
  }
  takeStart(sparse, start)
  const patch = new Patch(first, second)
  const stripe = Math.ceil(rows / STRIPES)
  for (let top = 0; top < rows; top += stripe) {
    const bottom = Math.min(rows, top + stripe) - 1
    for (let pass = 0; pass < PASSES; pass++) {
      const steps = Math.floor(iterations / PASSES)
      if (pass % 2 === 0) searchStripe(patch, sparse, { from: top, to: bottom, way: 1, steps })
      else searchStripe(patch, sparse, { from: bottom, to: top, way: -1, steps })
    }
  }
  return sparse
}

/** Each patch begins with the motion at its middle. */
function takeStart({ rows, columns, stride, u, v }: SparseFlow, start: FlowField): void {
  for (let r = 0, i = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++, i++) {
      const at = (r * stride + PATCH / 2) * start.width + c * stride + PATCH / 2
      u[i] = start.u[at]
      v[i] = start.v[at]
    }
  }
}

interface Stripe {
  /** Rows of patches, both included. */
  from: number
  to: number
  /** 1 searches downwards and to the right, -1 the other way. */
  way: 1 | -1
  /** Of gradient descent. */
  steps: number
}

function searchStripe(patch: Patch, sparse: SparseFlow, stripe: Stripe): void {
  const { columns, stride } = sparse
  const { from, to, way, steps } = stripe
  const firstColumn = way === 1 ? 0 : columns - 1
  for (let r = from; way * r <= way * to; r += way) {
    for (let c = firstColumn; c >= 0 && c < columns; c += way) {
      const i = r * columns + c
      patch.choose(c * stride, r * stride)
      let best = patch.measure(sparse.u[i], sparse.v[i])
      if (c !== firstColumn) best = tryNeighbour(patch, sparse, i, i - way, best)
      if (r !== from) tryNeighbour(patch, sparse, i, i - way * columns, best)
      descend(patch, sparse, i, steps)
    }
  }
}

/** Takes a neighbour's motion where it fits better than `best`; returns the better of both. */
function tryNeighbour(
  patch: Patch,
  { u, v }: SparseFlow,
  i: number,
  neighbour: number,
  best: number,
): number {
  const cost = patch.measure(u[neighbour], v[neighbour])
  if (cost >= best) return best
  u[i] = u[neighbour]
  v[i] = v[neighbour]
  return cost
}

/** Ends early when the fit does not get better; a motion that ends far away is not taken. */
function descend(patch: Patch, { u, v }: SparseFlow, i: number, steps: number): void {
  let x = u[i]
  let y = v[i]
  let before = Infinity
  for (let step = 0; step < steps; step++) {
    const cost = patch.measure(x, y)
    x -= patch.stepX
    y -= patch.stepY
    if (cost >= before) break
    before = cost
  }
  if (Math.hypot(x - u[i], y - v[i]) > PATCH) return
  u[i] = x
  v[i] = y
}

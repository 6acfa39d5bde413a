import type { FlowField } from '../field.ts'

/** Constants of one level. */
export interface Tvl1Weights {
  /** Of the data term against smoothness. */
  lambda: number
  /** Tightness between the flow and its auxiliary. */
  theta: number
  /** Step of the dual variables. */
  tau: number
}

/** What one warp leaves fixed, all [H, W]: the gradient, its square, and the residual at no motion. */
export interface Linearised {
  x: Float32Array
  y: Float32Array
  square: Float32Array
  residual: Float32Array
}

/** Dual variables of u and of v, all [H, W]. */
export interface Duals {
  ux: Float32Array
  uy: Float32Array
  vx: Float32Array
  vy: Float32Array
}

export function noDuals(pixels: number): Duals {
  const plane = (): Float32Array => new Float32Array(pixels)
  return { ux: plane(), uy: plane(), vx: plane(), vy: plane() }
}

/** Below this a gradient is taken for none: the smallest step of a float32 at 1. */
const FLAT = 2 ** -23

/**
 * One step of the primal variables (Zach, Pock and Bischof 2007, equations 15 and 16): the data term is
 * thresholded, and the divergence of the dual variables added.
 * @param flow is overwritten
 * @returns the sum of squared changes, in pixels^2
 */
export function stepFlow(
  { x, y, square, residual }: Linearised,
  p: Duals,
  flow: FlowField,
  { lambda, theta }: Tvl1Weights,
): number {
  const { width, height, u, v } = flow
  const limit = lambda * theta
  let change = 0
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      const rho = residual[i] + x[i] * u[i] + y[i] * v[i]
      const bound = limit * square[i]
      let step = 0
      if (rho < -bound) step = limit
      else if (rho > bound) step = -limit
      else if (square[i] > FLAT) step = -rho / square[i]
      const left = column > 0 ? i - 1 : -1
      const above = row > 0 ? i - width : -1
      const spreadU =
        p.ux[i] + p.uy[i] - (left < 0 ? 0 : p.ux[left]) - (above < 0 ? 0 : p.uy[above])
      const spreadV =
        p.vx[i] + p.vy[i] - (left < 0 ? 0 : p.vx[left]) - (above < 0 ? 0 : p.vy[above])
      const du = step * x[i] + theta * spreadU
      const dv = step * y[i] + theta * spreadV
      u[i] += du
      v[i] += dv
      change += du * du + dv * dv
    }
  }
  return change
}

/** One step of the dual variables (Chambolle's projection, with forward differences). */
export function stepDuals(p: Duals, flow: FlowField, { tau, theta }: Tvl1Weights): void {
  const { width, height, u, v } = flow
  const rate = tau / theta
  for (let row = 0, i = 0; row < height; row++) {
    for (let column = 0; column < width; column++, i++) {
      const right = column < width - 1 ? i + 1 : i
      const below = row < height - 1 ? i + width : i
      const ux = u[right] - u[i]
      const uy = u[below] - u[i]
      const vx = v[right] - v[i]
      const vy = v[below] - v[i]
      const normU = 1 + rate * Math.sqrt(ux * ux + uy * uy)
      const normV = 1 + rate * Math.sqrt(vx * vx + vy * vy)
      p.ux[i] = (p.ux[i] + rate * ux) / normU
      p.uy[i] = (p.uy[i] + rate * uy) / normU
      p.vx[i] = (p.vx[i] + rate * vx) / normV
      p.vy[i] = (p.vy[i] + rate * vy) / normV
    }
  }
}

import type { FlowField, GreyImage } from '../field.ts'
import { derivativesOf, type Derivatives } from './derivatives.ts'

/** Weights of smoothness, of equal grey and of equal gradients, as DIS sets them. */
const ALPHA = 20
const DELTA = 5
const GAMMA = 10
/** Rounds of over-relaxation a fixed point, and their factor. */
const ROUNDS = 5
const OMEGA = 1.6
/** Squares of the constants that keep normalisations and robust weights finite. */
const ZETA = 0.1 ** 2
const EPSILON = 0.001 ** 2

/** The linear system of an increment (du, dv) of the flow, all [H, W]. */
interface System {
  a11: Float32Array
  a12: Float32Array
  a22: Float32Array
  b1: Float32Array
  b2: Float32Array
  /** Weight of smoothness towards the pixels on the right and below. */
  smooth: Float32Array
}

/**
 * Variational refinement (Brox et al., "High Accuracy Optical Flow Estimation Based on a Theory for
 * Warping", ECCV 2004, with the normalised data terms of Zimmer et al. 2011): improves a flow by
 * `rounds` fixed point iterations, each solved by red-black over-relaxation.
 * @param flow is overwritten
 */
export function refineFlow(
  first: GreyImage,
  second: GreyImage,
  flow: FlowField,
  rounds: number,
): void {
  const derivatives = derivativesOf(first, second, flow)
  const { width, height } = first
  const plane = (): Float32Array => new Float32Array(width * height)
  const system: System = {
    a11: plane(),
    a12: plane(),
    a22: plane(),
    b1: plane(),
    b2: plane(),
    smooth: plane(),
  }
  const change: FlowField = { width, height, u: plane(), v: plane() }
  const current: FlowField = { width, height, u: flow.u.slice(), v: flow.v.slice() }
  for (let round = 0; round < rounds; round++) {
    setDataTerm(derivatives, change, system)
    addSmoothness(flow, current, system)
    for (let i = 0; i < ROUNDS; i++) {
      relax(system, change, 0)
      relax(system, change, 1)
    }
    for (let i = 0; i < current.u.length; i++) {
      current.u[i] = flow.u[i] + change.u[i]
      current.v[i] = flow.v[i] + change.v[i]
    }
  }
  flow.u.set(current.u)
  flow.v.set(current.v)
}

/** Equal grey and equal gradients, each linearised and robustly weighted at the change so far. */
function setDataTerm(of: Derivatives, change: FlowField, system: System): void {
  for (let i = 0; i < of.x.length; i++) {
    const du = change.u[i]
    const dv = change.v[i]
    const { x, y, t, xx, xy, yy, xt, yt } = of
    const norm = x[i] * x[i] + y[i] * y[i] + ZETA
    const grey = t[i] + x[i] * du + y[i] * dv
    const w = DELTA / 2 / Math.sqrt((grey * grey) / norm + EPSILON) / norm
    const normX = xx[i] * xx[i] + xy[i] * xy[i] + ZETA
    const normY = yy[i] * yy[i] + xy[i] * xy[i] + ZETA
    const slopeX = xt[i] + xx[i] * du + xy[i] * dv
    const slopeY = yt[i] + xy[i] * du + yy[i] * dv
    const error = (slopeX * slopeX) / normX + (slopeY * slopeY) / normY
    const g = GAMMA / 2 / Math.sqrt(error + EPSILON)
    const gx = g / normX
    const gy = g / normY
    system.a11[i] = w * x[i] * x[i] + ZETA + gx * xx[i] * xx[i] + gy * xy[i] * xy[i]
    system.a12[i] = w * x[i] * y[i] + gx * xx[i] * xy[i] + gy * xy[i] * yy[i]
    system.a22[i] = w * y[i] * y[i] + ZETA + gx * xy[i] * xy[i] + gy * yy[i] * yy[i]
    system.b1[i] = -w * t[i] * x[i] - gx * xx[i] * xt[i] - gy * xy[i] * yt[i]
    system.b2[i] = -w * t[i] * y[i] - gx * xy[i] * xt[i] - gy * yy[i] * yt[i]
  }
}

/** Robust smoothness between neighbours, weighted at the current flow, on the flow before all rounds. */
function addSmoothness(flow: FlowField, current: FlowField, system: System): void {
  const { width, height } = flow
  const { u, v } = current
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const right = x < width - 1 ? i + 1 : i
      const below = y < height - 1 ? i + width : i
      const ux = u[right] - u[i]
      const vx = v[right] - v[i]
      const uy = u[below] - u[i]
      const vy = v[below] - v[i]
      const weight = ALPHA / 2 / Math.sqrt(ux * ux + vx * vx + uy * uy + vy * vy + EPSILON)
      system.smooth[i] = weight
      if (right !== i) tie(system, flow, i, right, weight)
      if (below !== i) tie(system, flow, i, below, weight)
    }
  }
}

function tie(
  { a11, a22, b1, b2 }: System,
  { u, v }: FlowField,
  i: number,
  neighbour: number,
  weight: number,
): void {
  const du = weight * (u[neighbour] - u[i])
  const dv = weight * (v[neighbour] - v[i])
  a11[i] += weight
  a22[i] += weight
  b1[i] += du
  b2[i] += dv
  a11[neighbour] += weight
  a22[neighbour] += weight
  b1[neighbour] -= du
  b2[neighbour] -= dv
}

/** One round over the pixels whose coordinates add up to an even (0) or odd (1) number. */
function relax(system: System, { width, height, u, v }: FlowField, colour: 0 | 1): void {
  const { a11, a12, a22, b1, b2, smooth } = system
  for (let y = 0; y < height; y++) {
    for (let x = (y + colour) % 2, i = y * width + x; x < width; x += 2, i += 2) {
      let sumU = b1[i]
      let sumV = b2[i]
      if (x > 0) {
        sumU += smooth[i - 1] * u[i - 1]
        sumV += smooth[i - 1] * v[i - 1]
      }
      if (x < width - 1) {
        sumU += smooth[i] * u[i + 1]
        sumV += smooth[i] * v[i + 1]
      }
      if (y > 0) {
        sumU += smooth[i - width] * u[i - width]
        sumV += smooth[i - width] * v[i - width]
      }
      if (y < height - 1) {
        sumU += smooth[i] * u[i + width]
        sumV += smooth[i] * v[i + width]
      }
      u[i] += OMEGA * ((sumU - v[i] * a12[i]) / a11[i] - u[i])
      v[i] += OMEGA * ((sumV - u[i] * a12[i]) / a22[i] - v[i])
    }
  }
}

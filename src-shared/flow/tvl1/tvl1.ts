import { stillField, type FlowField, type GreyImage } from '../field.ts'
import { resizeLinear, type Plane } from '../resize.ts'
import { roundHalfEven } from '../round.ts'
import { medianOfFive } from './median.ts'
import { noDuals, stepDuals, stepFlow, type Linearised, type Tvl1Weights } from './solver.ts'
import { warpCubic } from './warp.ts'

export interface Tvl1Options extends Tvl1Weights {
  /** Levels of the pyramid at most, and the size of each against the next finer one. */
  scales: number
  scaleStep: number
  /** Warps a level. */
  warps: number
  /** Rounds a warp, each after a median of the flow, and steps a round. */
  outer: number
  inner: number
  /** A warp ends when the flow changes by less than this, in pixels (root mean square). */
  epsilon: number
}

/** OpenCV's defaults. */
export const TVL1: Tvl1Options = {
  lambda: 0.15,
  theta: 0.3,
  tau: 0.25,
  scales: 5,
  scaleStep: 0.8,
  warps: 5,
  outer: 10,
  inner: 30,
  epsilon: 0.01,
}

/** A level has at least as many pixels a side. */
const SMALLEST = 16

interface Tvl1Level extends Plane {
  /** Half the difference of the neighbours, [H, W]; at the border half that to the one neighbour. */
  gradientX: Float32Array
  gradientY: Float32Array
}

/** A frame's levels, the finest first. */
export type Tvl1Pyramid = Tvl1Level[]

/** A frame's levels, which both flows that it takes part in use. */
export function tvl1Frame(image: GreyImage, { scales, scaleStep } = TVL1): Tvl1Pyramid {
  const levels: Tvl1Pyramid = []
  let plane: Plane = { ...image, data: Float32Array.from(image.data) }
  while (levels.length < scales) {
    if (levels.length > 0 && Math.min(plane.width, plane.height) < SMALLEST) break
    levels.push({ ...plane, ...centredGradient(plane) })
    const width = roundHalfEven(plane.width * scaleStep)
    const height = roundHalfEven(plane.height * scaleStep)
    plane = resizeLinear(plane, { width, height }, { scale: 1 / scaleStep })
  }
  return levels
}

/**
 * TV-L1 optical flow (Zach, Pock and Bischof, "A Duality Based Approach for Realtime TV-L1 Optical
 * Flow", DAGM 2007), coarse to fine, with OpenCV's warps, medians and stopping rule.
 */
export function tvl1Flow(first: Tvl1Pyramid, second: Tvl1Pyramid, options = TVL1): FlowField {
  let flow: FlowField | null = null
  for (let scale = first.length - 1; scale >= 0; scale--) {
    const { width, height } = first[scale]
    flow = flow ? enlarged(flow, first[scale], 1 / options.scaleStep) : stillField(width, height)
    solveLevel(first[scale], second[scale], flow, options)
  }
  return flow!
}

function solveLevel(
  first: Tvl1Level,
  second: Tvl1Level,
  flow: FlowField,
  options: Tvl1Options,
): void {
  const pixels = first.width * first.height
  const enough = options.epsilon ** 2 * pixels
  const duals = noDuals(pixels)
  for (let warp = 0; warp < options.warps; warp++) {
    const at = linearise(first, second, flow)
    let change = Infinity
    for (let round = 0; change > enough && round < options.outer; round++) {
      flow.u.set(medianOfFive(flow.u, flow.width, flow.height))
      flow.v.set(medianOfFive(flow.v, flow.width, flow.height))
      for (let step = 0; change > enough && step < options.inner; step++) {
        change = stepFlow(at, duals, flow, options)
        stepDuals(duals, flow, options)
      }
    }
  }
}

/** The second frame warped back by the flow, to first order around it. */
function linearise(first: Tvl1Level, second: Tvl1Level, flow: FlowField): Linearised {
  const pixels = first.data.length
  const plane = (): Float32Array => new Float32Array(pixels)
  const at: Linearised = { x: plane(), y: plane(), square: plane(), residual: plane() }
  const { x, y, square, residual } = at
  warpCubic([second.data, second.gradientX, second.gradientY], flow, [residual, x, y])
  for (let i = 0; i < pixels; i++) {
    square[i] = x[i] * x[i] + y[i] * y[i]
    residual[i] -= x[i] * flow.u[i] + y[i] * flow.v[i] + first.data[i]
  }
  return at
}

function centredGradient({ width, height, data }: Plane) {
  const gradientX = new Float32Array(width * height)
  const gradientY = new Float32Array(width * height)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const right = data[x < width - 1 ? i + 1 : i]
      const below = data[y < height - 1 ? i + width : i]
      gradientX[i] = 0.5 * (right - data[x > 0 ? i - 1 : i])
      gradientY[i] = 0.5 * (below - data[y > 0 ? i - width : i])
    }
  }
  return { gradientX, gradientY }
}

function enlarged(flow: FlowField, size: Plane, factor: number): FlowField {
  const { width, height } = size
  const larger = (data: Float32Array): Float32Array =>
    resizeLinear({ width: flow.width, height: flow.height, data }, { width, height }, { factor })
      .data
  return { width, height, u: larger(flow.u), v: larger(flow.v) }
}

import { gaussianKernel } from '../../fame/gaussian-blur.ts'
import { convolveBoth } from '../blur.ts'
import type { FlowField, GreyImage } from '../field.ts'
import { stillField } from '../field.ts'
import { resizeLinear } from '../resize.ts'
import { roundHalfEven } from '../round.ts'
import { normalEquations, solveAveraged } from './displacement.ts'
import { expandPolynomially, polynomialBasis, TERMS } from './polynomial.ts'

export interface FarnebackOptions {
  /** How many times the picture is halved at most; a level has at least 32 pixels a side. */
  levels: number
  /** Pixels over which the motion is averaged; odd. */
  window: number
  /** Rounds a level. */
  iterations: number
  /** Pixels around each that the polynomial is fitted to, and their Gaussian weight. */
  polyRadius: number
  polySigma: number
}

/** Those that OpenCV's examples use. */
export const FARNEBACK: FarnebackOptions = {
  levels: 3,
  window: 15,
  iterations: 3,
  polyRadius: 5,
  polySigma: 1.1,
}

const SMALLEST = 32

/** One level of the pyramid: its expansion, [H, W, 5]. */
interface ExpandedLevel {
  width: number
  height: number
  expansion: Float32Array
}

/** The expansions of a frame, the full size first. */
export type ExpandedFrame = ExpandedLevel[]

/** Expands a frame at every level, which both flows that it takes part in use. */
export function expandFrame(image: GreyImage, options = FARNEBACK): ExpandedFrame {
  const basis = polynomialBasis(options.polyRadius, options.polySigma)
  return Array.from({ length: levelsOf(image, options) + 1 }, (_, level) => {
    const scale = 0.5 ** level
    const size = {
      width: roundHalfEven(image.width * scale),
      height: roundHalfEven(image.height * scale),
    }
    // Every level is smoothed and sampled from the full picture.
    const smooth = { ...image, data: convolveBoth(image.data, image, smoothing(scale)) }
    const plane = level === 0 ? smooth : resizeLinear(smooth, size)
    return { ...size, expansion: expandPolynomially(plane.data, size, basis) }
  })
}

/**
 * Dense optical flow by polynomial expansion (Farneback, SCIA 2003), coarse to fine, with OpenCV's
 * pyramid, borders and box window.
 */
export function farnebackFlow(
  first: ExpandedFrame,
  second: ExpandedFrame,
  options = FARNEBACK,
): FlowField {
  let flow: FlowField | null = null
  for (let level = first.length - 1; level >= 0; level--) {
    const { width, height, expansion } = first[level]
    flow = flow ? enlarged(flow, { width, height }) : stillField(width, height)
    const equations = new Float32Array(width * height * TERMS)
    for (let round = 0; round < options.iterations; round++) {
      normalEquations(expansion, second[level].expansion, flow, equations)
      solveAveraged(equations, options.window, flow)
    }
  }
  return flow!
}

function levelsOf({ width, height }: GreyImage, { levels }: FarnebackOptions): number {
  let level = 0
  while (level < levels && Math.min(width, height) * 0.5 ** (level + 1) >= SMALLEST) level++
  return level
}

/** The Gaussian before sampling; at full size OpenCV's fixed kernel of three taps. */
function smoothing(scale: number): Float64Array {
  if (scale === 1) return Float64Array.of(0.25, 0.5, 0.25)
  const sigma = (1 / scale - 1) * 0.5
  return gaussianKernel(Math.max(3, roundHalfEven(sigma * 5) | 1), sigma)
}

function enlarged(flow: FlowField, size: { width: number; height: number }): FlowField {
  const { width, height } = flow
  const larger = (data: Float32Array): Float32Array =>
    resizeLinear({ width, height, data }, size, { factor: 2 }).data
  return { ...size, u: larger(flow.u), v: larger(flow.v) }
}

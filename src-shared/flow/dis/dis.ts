import { stillField, type FlowField, type GreyImage } from '../field.ts'
import { resizeLinear } from '../resize.ts'
import { densify } from './densify.ts'
import { disPyramid, type DisPyramid } from './pyramid.ts'
import { refineFlow } from './refine.ts'
import { searchPatches } from './search.ts'

export interface DisOptions {
  /** The finest level that is searched has 1 / 2^finest of the frame's pixels a side. */
  finest: number
  /** Pixels of a level between two patches. */
  stride: number
  /** Of gradient descent, over both passes. */
  iterations: number
  /** Fixed point iterations of the variational refinement; 0 leaves it out. */
  refinement: number
}

/** OpenCV's presets. */
export const DIS_ULTRAFAST: DisOptions = { finest: 2, stride: 4, iterations: 12, refinement: 0 }
export const DIS_MEDIUM: DisOptions = { finest: 1, stride: 3, iterations: 25, refinement: 5 }

/** A frame's levels, which both flows that it takes part in use. */
export function disFrame(image: GreyImage, { finest }: DisOptions): DisPyramid {
  return disPyramid(image, finest)
}

/**
 * Dense inverse search (Kroeger et al., "Fast Optical Flow using Dense Inverse Search", ECCV 2016), as
 * OpenCV computes it: with mean-normalised patches and spatial propagation.
 */
export function disFlow(first: DisPyramid, second: DisPyramid, options: DisOptions): FlowField {
  const coarsest = first.levels.at(-1)!
  let flow = stillField(coarsest.width, coarsest.height)
  for (let scale = first.levels.length - 1; scale >= 0; scale--) {
    const level = first.levels[scale]
    const target = second.levels[scale]
    if (scale < first.levels.length - 1) flow = enlarge(flow, level, 2)
    densify(searchPatches(level, target, flow, options), level, target, flow)
    if (options.refinement > 0) refineFlow(level, target, flow, options.refinement)
  }
  return enlarge(flow, first, 2 ** first.finest)
}

function enlarge(
  flow: FlowField,
  { width, height }: { width: number; height: number },
  factor: number,
): FlowField {
  const larger = (data: Float32Array): Float32Array =>
    resizeLinear({ width: flow.width, height: flow.height, data }, { width, height }, { factor })
      .data
  return { width, height, u: larger(flow.u), v: larger(flow.v) }
}

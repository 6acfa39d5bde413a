import { DIS_MEDIUM, DIS_ULTRAFAST, disFlow, disFrame, type DisOptions } from './dis/dis.ts'
import { expandFrame, farnebackFlow } from './farneback/farneback.ts'
import type { FlowField, GreyImage } from './field.ts'
import type { FlowAlgorithmName } from './names.ts'
import { tvl1Flow, tvl1Frame } from './tvl1/tvl1.ts'

/** Flow from each frame of a video to the next, frame by frame. */
export interface FlowSequence {
  /**
   * Takes the next frame; all have one size.
   * @returns the flow from the frame before to this one; null for the first
   * @throws RangeError when the frame is too small for the algorithm
   */
  next(frame: GreyImage): FlowField | null
}

/** @param analyse what both flows that a frame takes part in need of it */
function sequence<Analysed>(
  analyse: (frame: GreyImage) => Analysed,
  between: (first: Analysed, second: Analysed) => FlowField,
): FlowSequence {
  let before: Analysed | null = null
  return {
    next(frame) {
      const analysed = analyse(frame)
      const flow = before === null ? null : between(before, analysed)
      before = analysed
      return flow
    },
  }
}

function dis(options: DisOptions): FlowSequence {
  return sequence(
    (frame) => disFrame(frame, options),
    (first, second) => disFlow(first, second, options),
  )
}

/** Begins a sequence of frames. */
export const flowAlgorithms: Record<FlowAlgorithmName, () => FlowSequence> = {
  farneback: () =>
    sequence(
      (frame) => expandFrame(frame),
      (first, second) => farnebackFlow(first, second),
    ),
  'dis-ultrafast': () => dis(DIS_ULTRAFAST),
  'dis-medium': () => dis(DIS_MEDIUM),
  tvl1: () =>
    sequence(
      (frame) => tvl1Frame(frame),
      (first, second) => tvl1Flow(first, second),
    ),
}

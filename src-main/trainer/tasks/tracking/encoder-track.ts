import { gridLabels, pixelLabels } from '#shared/tracking/label-maps.ts'
import { LabelPropagation, type Grid } from '#shared/tracking/label-propagation.ts'
import { CELL_STRIDE, propagationProtocols } from '#shared/tracking/protocols.ts'
import type { Sequence } from '#shared/tracking/trackers/tracker.ts'
import type { EvaluationContext } from '../../evaluation/context.ts'
import { cosinesBy, frameFeatures } from '../../evaluation/frame-features.ts'

/**
 * Labels of the first frame carried on by an encoder's features.
 * @param onFrame is given the labels of each frame but the first, [H, W]; false stops
 * @returns the grid of the features; null when asked to stop
 */
export async function trackByEncoder(
  { encoder, engine, job }: EvaluationContext,
  sequence: Sequence,
  onFrame: (t: number, labels: Uint8Array) => Promise<boolean>,
): Promise<Grid | null> {
  const { propagation, frameClip } = job.settings
  const options = { encoder, clip: frameClip, stride: CELL_STRIDE } as const
  const first = frameFeatures(sequence, 0, options)
  const { grid } = first
  const size = { height: sequence.height, width: sequence.width }
  const maps = { size, grid, count: sequence.labels }
  const carried = new LabelPropagation(
    { features: first.data, labels: gridLabels(sequence.first, maps) },
    {
      grid,
      labels: sequence.labels,
      protocol: propagationProtocols[propagation],
      similarity: cosinesBy(engine, grid.height * grid.width),
    },
  )
  for (let t = 1; t < sequence.frames; t++) {
    const { data } = frameFeatures(sequence, t, options)
    if (!(await onFrame(t, pixelLabels(carried.next(data), maps)))) return null
  }
  return grid
}

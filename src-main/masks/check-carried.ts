import type { PropagateRequest } from '#shared/contract/propagation.ts'
import { MaskError } from '#shared/masks/mask.ts'
import { packedLength } from '#shared/masks/packed-runs.ts'
import { WorkbenchError } from '../base/workbench-error.ts'

interface VideoSize {
  width: number | null
  height: number | null
}

/** @throws WorkbenchError when a mask to be carried is damaged or is not of the video's size */
export function checkCarried(
  { mask, fixed }: Pick<PropagateRequest, 'mask' | 'fixed'>,
  size: VideoSize,
): void {
  for (const one of [mask, ...fixed.map((hand) => hand.mask)]) checkPixels(one, size)
}

function checkPixels(mask: Uint8Array, { width, height }: VideoSize): void {
  try {
    const covered = packedLength(mask)
    if (covered === (width ?? 0) * (height ?? 0)) return
    throw new MaskError(`The mask covers ${covered} pixels, the video has ${width} x ${height}.`)
  } catch (error) {
    if (!(error instanceof MaskError)) throw error
    throw new WorkbenchError(`${error.message} Load the clip again, then propagate again.`)
  }
}

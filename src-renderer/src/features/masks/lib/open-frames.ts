import { unpackFrames, type FrameMasks, type FrameShape } from '#shared/masks/frame-masks.ts'
import { MaskError } from '#shared/masks/mask.ts'

/** Masks by frame as the host keeps them; damaged ones count as none, and why is said. */
export function openFrames(
  bytes: Uint8Array | null,
  shape: FrameShape,
): { frames: FrameMasks; fault: string } {
  try {
    return { frames: unpackFrames(bytes, shape), fault: '' }
  } catch (error) {
    if (!(error instanceof MaskError)) throw error
    return { frames: new Map(), fault: error.message }
  }
}

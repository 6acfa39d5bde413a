import { MaskError } from '#shared/masks/mask.ts'
import { orientationBetween, turnRuns, type Orientation } from '#shared/masks/orientation.ts'
import { packRuns, unpackRuns } from '#shared/masks/packed-runs.ts'

/**
 * A mask, or what an edit changed of one, for pictures that were shown in one orientation and are now
 * shown in another. The schema's triggers call it. A damaged mask stays as it is: it must not keep the
 * whole project from being opened.
 * @param packed run lengths; null for none
 * @param width pixels, before turning; null where no mask is stored
 * @param mirrored 0 or 1; null for unknown, which is upright
 */
export function turnMask(
  packed: Uint8Array | null,
  width: number | null,
  height: number | null,
  ...[fromMirrored, fromRotation, mirrored, rotation]: (number | null)[]
): Uint8Array | null {
  if (packed === null || width === null || height === null) return packed
  const turn = orientationBetween(
    orientation(fromMirrored, fromRotation),
    orientation(mirrored, rotation),
  )
  try {
    return Buffer.from(packRuns(turnRuns(unpackRuns(packed), { width, height }, turn)))
  } catch (error) {
    if (!(error instanceof MaskError)) throw error
    return packed
  }
}

function orientation(
  mirrored: number | null | undefined,
  rotation: number | null | undefined,
): Orientation {
  return { mirrored: mirrored === 1, rotation: rotation ?? 0 }
}

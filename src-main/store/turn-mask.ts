import { mapFrames, packedFrameCount } from '#shared/masks/frame-masks.ts'
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
  ...turns: Turns
): Uint8Array | null {
  return turned(packed, width, height, (bytes, size) => turnPacked(bytes, size, turns))
}

/** The same of masks by frame, or of what an edit changed of them. */
export function turnFrames(
  packed: Uint8Array | null,
  width: number | null,
  height: number | null,
  ...turns: Turns
): Uint8Array | null {
  return turned(packed, width, height, (bytes, size) => {
    const shape = { frames: packedFrameCount(bytes), pixels: size.width * size.height }
    return mapFrames(bytes, shape, (mask) => turnPacked(mask, size, turns))
  })
}

interface Size {
  width: number
  height: number
}

/** Mirrored and rotation before, then after. */
type Turns = (number | null)[]

function turned(
  packed: Uint8Array | null,
  width: number | null,
  height: number | null,
  turn: (bytes: Uint8Array, size: Size) => Uint8Array,
): Uint8Array | null {
  if (packed === null || width === null || height === null) return packed
  try {
    return Buffer.from(turn(packed, { width, height }))
  } catch (error) {
    if (!(error instanceof MaskError)) throw error
    return packed
  }
}

function turnPacked(packed: Uint8Array, size: Size, turns: Turns): Uint8Array {
  const [fromMirrored, fromRotation, mirrored, rotation] = turns
  const turn = orientationBetween(
    orientation(fromMirrored, fromRotation),
    orientation(mirrored, rotation),
  )
  return packRuns(turnRuns(unpackRuns(packed), size, turn))
}

function orientation(
  mirrored: number | null | undefined,
  rotation: number | null | undefined,
): Orientation {
  return { mirrored: mirrored === 1, rotation: rotation ?? 0 }
}

import {
  changeFrames,
  changesBetween,
  packFrameChanges,
  packFrames,
  unpackFrameChanges,
  unpackFrames,
  type FrameChanges,
  type FrameMasks,
  type FrameShape,
} from '#shared/masks/frame-masks.ts'
import { MaskError } from '#shared/masks/mask.ts'
import { WorkbenchError } from '../base/workbench-error.ts'

/** What is stored of a window's masks by frame. */
export interface StoredFrames {
  /** T */
  frames: number
  /** As `packFrames` gives them. */
  byFrame: Uint8Array | null
}

/**
 * Whether frames have masks after an edit that no variant made, and what it changes of them.
 * @throws WorkbenchError where the change is damaged, or starts from other masks
 */
export function framesAfter(
  before: StoredFrames,
  pixels: number,
  change: Uint8Array | undefined,
): { edited: boolean; framesChange: Uint8Array | null } {
  const known = framesOf(before, pixels)
  if (!change) return { edited: hasEdited(known), framesChange: null }
  const shape = { frames: before.frames, pixels }
  const { changes, after } = applied(known, change, shape)
  return { edited: hasEdited(after), framesChange: packFrameChanges(changes, shape) }
}

/** A change of none, as one of the masks that there are. @throws WorkbenchError as `framesAfter` */
export function framesAnew(
  before: StoredFrames,
  pixels: number,
  change: Uint8Array | undefined,
): Uint8Array | undefined {
  const shape = { frames: before.frames, pixels }
  const { after } = applied(new Map(), change ?? null, shape)
  const changes = changesBetween(framesOf(before, pixels), after, pixels)
  return packFrameChanges(changes, shape) ?? undefined
}

/** @throws WorkbenchError where the change is damaged, or starts from other masks */
function applied(
  known: FrameMasks,
  change: Uint8Array | null,
  shape: FrameShape,
): { changes: FrameChanges; after: FrameMasks } {
  try {
    const changes = unpackFrameChanges(change, shape)
    return { changes, after: changeFrames(known, changes, shape.pixels) }
  } catch (error) {
    if (!(error instanceof MaskError)) throw error
    throw new WorkbenchError(`${error.message} Load the clip again and repeat the edit.`)
  }
}

function hasEdited(masks: FrameMasks): boolean {
  return [...masks.values()].some(({ source }) => source !== 'automatic')
}

/** A window's masks by frame. Damaged ones count as none, so that others can take their place. */
export function framesOf({ byFrame, frames }: StoredFrames, pixels: number): FrameMasks {
  try {
    return unpackFrames(byFrame, { frames, pixels })
  } catch (error) {
    if (!(error instanceof MaskError)) throw error
    return new Map()
  }
}

/**
 * Masks by frame after a change, or with `way` back before it; null where none are left. Where either
 * is damaged they stay as they are: a step must not be stuck because of them.
 */
export function changedFrames(
  before: StoredFrames,
  pixels: number,
  change: Uint8Array,
  way: 'on' | 'back',
): Uint8Array | null {
  const shape = { frames: before.frames, pixels }
  try {
    const changes = unpackFrameChanges(change, shape)
    const known = framesOf(before, shape.pixels)
    return packFrames(changeFrames(known, changes, shape.pixels, way), shape)
  } catch (error) {
    if (!(error instanceof MaskError)) throw error
    return before.byFrame
  }
}

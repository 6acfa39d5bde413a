import type { FrameMask, FrameMasks, FrameSource } from './frame-masks.ts'
import { subtractPacked, unitePacked, xorPacked } from './packed-runs.ts'

/** What an edit reaches: all frames of the clip, the frame in sight, or that and all that follow. */
export const EDIT_SCOPES = ['clip', 'frame', 'onward'] as const
export type EditScope = (typeof EDIT_SCOPES)[number]

/** The mask of a clip beside those of its frames, all packed. */
export interface ClipMasks {
  clip: Uint8Array
  frames: FrameMasks
}

/** The mask that a frame is shown with; outside the clip that of the clip. */
export function shownMask({ clip, frames }: ClipMasks, frame: number | null): Uint8Array {
  return (frame === null ? undefined : frames.get(frame)?.mask) ?? clip
}

/**
 * Carries what was drawn on one frame to those that the edit reaches: what became foreground there
 * becomes foreground in all of them, what became background background.
 * @param edit.change pixels that were turned in the mask that the frame was shown with, packed
 * @param edit.frame the frame that was drawn on; outside the clip every edit is one of the clip
 * @param edit.count T, frames of the clip
 */
export function editMasks(
  masks: ClipMasks,
  edit: { change: Uint8Array; frame: number | null; scope: EditScope; count: number },
): ClipMasks {
  const { change, frame, count } = edit
  const scope = frame === null ? 'clip' : edit.scope
  const added = subtractPacked(change, shownMask(masks, frame))
  const removed = xorPacked(change, added)
  const painted = (mask: Uint8Array) => subtractPacked(unitePacked(mask, added), removed)
  const frames = new Map(masks.frames)
  if (scope === 'clip') {
    for (const [at, own] of frames) frames.set(at, { ...own, mask: painted(own.mask) })
    return { clip: painted(masks.clip), frames }
  }
  const from = frame ?? 0
  const to = scope === 'frame' ? from : count - 1
  for (let at = from; at <= to; at++) {
    // A frame that nobody looked at is not one that was corrected by hand.
    const source: FrameSource =
      at === from ? 'hand' : (masks.frames.get(at)?.source ?? 'propagated')
    frames.set(at, { source, mask: painted(shownMask(masks, at)) })
  }
  return { clip: masks.clip, frames }
}

/** The masks with others in the place of some frames', which a method has proposed. */
export function acceptFrames(frames: FrameMasks, accepted: ReadonlyMap<number, Uint8Array>) {
  const next = new Map<number, FrameMask>(frames)
  for (const [frame, mask] of accepted) next.set(frame, { source: 'propagated', mask })
  return next
}

/** Frames keep what they are shown with as masks that a person vouches for. */
export function keepFrames(masks: ClipMasks, kept: Iterable<number>): FrameMasks {
  const next = new Map<number, FrameMask>(masks.frames)
  for (const frame of kept) next.set(frame, { source: 'hand', mask: shownMask(masks, frame) })
  return next
}

/** The masks without those of some frames, which are then shown with the clip's. */
export function withoutFrames(frames: FrameMasks, dropped: Iterable<number>): FrameMasks {
  const next = new Map(frames)
  for (const frame of dropped) next.delete(frame)
  return next
}

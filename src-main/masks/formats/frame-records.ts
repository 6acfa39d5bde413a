/** Masks by frame as files carry them, beside the mask of the clip. */
import { z } from 'zod'
import type { MaskRuns } from '#shared/contract/mask-windows.ts'
import type { FrameMasks, FrameSource } from '#shared/masks/frame-masks.ts'
import { MaskError } from '#shared/masks/mask.ts'
import { packRuns, unpackRuns } from '#shared/masks/packed-runs.ts'

/** The mask of a frame's own. */
export interface FrameRecord {
  /** Number in the clip, 0..T-1. */
  frame: number
  source: FrameSource
  /** Row-major, covering height x width. */
  mask: MaskRuns
}

const frame = z.number().int().min(0).max(127)
const source = z.enum(['hand', 'propagated', 'automatic'])

/** Which frames have masks of their own, and who made them. */
export const ownFramesSchema = z.array(z.tuple([frame, source])).max(128)
export type OwnFrames = z.infer<typeof ownFramesSchema>

/** Undefined where no frame has its own, so that such windows are written as ever. */
export function ownFramesOf(byFrame: readonly FrameRecord[] | undefined): OwnFrames | undefined {
  return byFrame?.length ? byFrame.map(({ frame, source }) => [frame, source]) : undefined
}

/** The mask that each of a clip's T frames is shown with. */
export function shownFrames(
  frames: number,
  mask: MaskRuns,
  byFrame: readonly FrameRecord[],
): MaskRuns[] {
  const own = new Map(byFrame.map((one) => [one.frame, one.mask]))
  return Array.from({ length: frames }, (_, at) => own.get(at) ?? mask)
}

/**
 * The masks of frames' own.
 * @param maskOf the mask that the file has for a frame
 * @throws MaskError when a frame is beyond the clip or is named twice
 */
export function readOwnFrames(
  own: OwnFrames,
  frames: number,
  maskOf: (frame: number) => MaskRuns,
): FrameRecord[] {
  const seen = new Set<number>()
  return own.map(([frame, source]) => {
    if (frame >= frames || seen.has(frame)) {
      throw new MaskError(
        `Its frame ${frame} has a mask of its own, but is beyond its ${frames} frames or named twice.`,
      )
    }
    seen.add(frame)
    return { frame, source, mask: maskOf(frame) }
  })
}

export function toFrameMasks(byFrame: readonly FrameRecord[]): FrameMasks {
  return new Map(
    byFrame.map(({ frame, source, mask }) => [frame, { source, mask: packRuns(mask) }]),
  )
}

export function toFrameRecords(frames: FrameMasks): FrameRecord[] {
  return [...frames].map(([frame, { source, mask }]) => ({
    frame,
    source,
    mask: unpackRuns(mask),
  }))
}

import { z } from 'zod'
import { BACKGROUNDS } from '../views/merge-settings.ts'

/**
 * What a batch shows of each clip, from top to bottom: the names of the method's views, and `mask`
 * and `merged` after the first of them where it is merged.
 */
export const stripRowSchema = z.string().min(1).max(100)
export type StripRow = z.infer<typeof stripRowSchema>

/** What was drawn for one clip of a video. */
export const drawnViewSchema = z.object({
  /** Its first frame in the video. */
  start: z.number().int().min(0),
  isMirrored: z.boolean(),
  grayscale: z.boolean(),
  isJittered: z.boolean(),
  /** Standard deviation of the blur in pixels; null without. */
  blurSigma: z.number().nullable(),
  isSolarised: z.boolean(),
  /** Quarter turns anticlockwise; left out by older versions, as the next three. */
  turn: z.number().int().optional(),
  /** Whether its frames are shown in another order than that in time. */
  isReordered: z.boolean().optional(),
  /** What the method asks: the number of what was drawn; null where it asks nothing. */
  answer: z.number().int().nullable().optional(),
  /** Whether each frame has colours of its own, with the crop and flip of the clip. */
  isColouredByFrame: z.boolean().optional(),
  /** Whether each frame has a crop, flip and colours of its own; the facts above are then the first's. */
  isPerFrame: z.boolean(),
  /** What replaces its background; null where it keeps its own. */
  background: z.enum(BACKGROUNDS).nullable(),
  /** The frame of the clip that is mixed into all, and its part; null without. */
  mix: z.object({ frame: z.number().int(), lambda: z.number() }).nullable(),
})
export type DrawnView = z.infer<typeof drawnViewSchema>

/**
 * A few clips of one batch as the encoder took them, colours included. Their pictures lie in one
 * raster: a column for each frame; for each clip its rows. A mask has one picture, in the first
 * column. Without merging there are neither masks nor merged clips.
 */
export const clipStripSchema = z.object({
  /** The optimiser step that took the batch, counted from 1. */
  step: z.number().int(),
  /** Pixels of a picture's side. */
  side: z.number().int().min(1),
  /** Pictures of a clip. */
  frames: z.number().int().min(1),
  rows: z.array(stripRowSchema).min(1),
  clips: z
    .array(
      z.object({
        /** Path within the data set. */
        video: z.string(),
        /** The video whose clip gave the background; null without merging, and for a blank one. */
        background: z.string().nullable(),
        /** One a view of the method; strips of older versions have none. */
        views: z.array(drawnViewSchema).optional(),
      }),
    )
    .min(1),
})
export type ClipStrip = z.infer<typeof clipStripSchema>

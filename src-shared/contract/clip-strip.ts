import { z } from 'zod'

/**
 * What a batch shows of each clip, from top to bottom: the names of the method's views, and `mask`
 * and `merged` after the first of them where it is merged.
 */
export const stripRowSchema = z.string().min(1).max(100)
export type StripRow = z.infer<typeof stripRowSchema>

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
        /** The video whose clip gave the background; null without merging. */
        background: z.string().nullable(),
      }),
    )
    .min(1),
})
export type ClipStrip = z.infer<typeof clipStripSchema>

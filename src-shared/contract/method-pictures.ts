import { z } from 'zod'

/**
 * Pictures that a run's method has made after a step, such as frames that it predicts. They lie in one
 * raster: a column for each frame; for each clip its rows.
 */
export const methodPicturesSchema = z.object({
  /** Steps that the run had then. */
  step: z.number().int().min(1),
  /** Pixels of a picture's side. */
  side: z.number().int().min(1),
  /** Columns of the raster. */
  frames: z.number().int().min(1),
  /** From top to bottom: the names of the method's rows, and how many frames each has. */
  rows: z
    .array(z.object({ name: z.string().min(1).max(100), frames: z.number().int().min(1) }))
    .min(1),
  clips: z
    .array(
      z.object({
        /** Path within the data set; null for what the method has made of no video. */
        video: z.string().nullable(),
      }),
    )
    .min(1),
})
export type MethodPictures = z.infer<typeof methodPicturesSchema>

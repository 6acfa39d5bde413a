import { z } from 'zod'
import { MASK_VARIANTS } from '../views/merge-settings.ts'

export const maskVariantSchema = z.enum(MASK_VARIANTS)

/** True or false, also as the words that a query has. */
const flagSchema = z.union([z.boolean(), z.stringbool()])

/** Which clip of which video, and how its mask is made. The same fields are the picture URL's query. */
export const maskRequestSchema = z.object({
  videoId: z.coerce.number().int(),
  /** First frame of the clip, counted as decoded. */
  start: z.coerce.number().int().min(0).default(0),
  frames: z.coerce.number().int().min(2).max(128).default(16),
  stride: z.coerce.number().int().min(1).max(32).default(2),
  /** Height and width in pixels; the short side is scaled to it and the centre is cropped. */
  size: z.coerce.number().int().min(16).max(1024).default(112),
  beta: z.coerce.number().min(0.01).max(0.99).default(0.5),
  variant: maskVariantSchema.default('fame'),
  /** Choose beta from the clip instead. Default false. */
  adaptive: flagSchema.optional(),
  /** Remove the camera's motion before differencing. Default false. */
  compensate: flagSchema.optional(),
})

/** Which planes `pictures.planes` gives; the fields are its query. */
export const planesRequestSchema = maskRequestSchema
  .omit({ size: true, beta: true, variant: true, adaptive: true })
  .extend({
    /** Pixels of the short side of the frames that are analysed, which are not cropped. */
    size: z.coerce.number().int().min(16).max(448).default(112),
    compensate: flagSchema.default(false),
  })

export const maskLayerSchema = z.enum(['mask', 'soft', 'seed', 'overlay'])
export type MaskLayer = z.infer<typeof maskLayerSchema>

export const maskSummarySchema = z.object({
  videoId: z.number().int(),
  /** Frames used, counted as decoded. */
  indices: z.array(z.number().int()),
  width: z.number().int(),
  height: z.number().int(),
  /** The beta that the mask was cut at: the one asked for, or the one chosen. */
  beta: z.number(),
  /** Foreground pixels over all pixels. */
  foreground: z.number(),
  /** Mean of the seed region inside and outside the mask, [0, 1]. */
  seedInside: z.number(),
  seedOutside: z.number(),
  milliseconds: z.number(),
})
export type MaskSummary = z.infer<typeof maskSummarySchema>

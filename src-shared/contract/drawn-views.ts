import { z } from 'zod'
import { BACKGROUNDS } from '../views/merge-settings.ts'
import { startRunSchema } from './runs.ts'

/** The place of a video in the batches of a run, or of the run that a form would start. */
export const viewsRequestSchema = z.object({
  of: z.union([z.object({ runId: z.number().int() }), z.object({ plan: startRunSchema })]),
  /** Micro-batches before it in the run. */
  batch: z.number().int().min(0),
  /** Its place in that batch. */
  slot: z.number().int().min(0),
})
export type ViewsRequest = z.output<typeof viewsRequestSchema>

/**
 * A row of pictures of one view, a picture for each frame of the clip: `clip`, as the encoder takes it;
 * `source`, the whole frames that it is cut from; and where it is merged, `cut` (before that), `mask` and
 * `background`.
 */
export const VIEW_ROWS = ['clip', 'source', 'cut', 'mask', 'background'] as const
export type ViewRow = (typeof VIEW_ROWS)[number]

const boxSchema = z.object({
  top: z.number(),
  left: z.number(),
  height: z.number(),
  width: z.number(),
})
const lookSchema = z.object({
  grayscale: z.boolean(),
  jitter: z
    .object({
      order: z.array(z.enum(['brightness', 'contrast', 'saturation', 'hue'])),
      brightness: z.number(),
      contrast: z.number(),
      saturation: z.number(),
      /** In turns. */
      hue: z.number(),
    })
    .nullable(),
  isJitterFirst: z.boolean(),
  /** Standard deviation in pixels. */
  blurSigma: z.number().nullable(),
  isSolarised: z.boolean(),
})
const cutSchema = z.object({ box: boxSchema, flip: z.boolean() })

/** One clip that a method takes of a video, with everything that was drawn for it. */
export const shownViewSchema = cutSchema.extend({
  /** The seed of its draws. */
  seed: z.number().int(),
  modality: z.enum(['rgb', 'flow']),
  /** Frames of the video, from 0, in the order in which the clip shows them. */
  indices: z.array(z.number().int()).min(1),
  isRedrawn: z.boolean(),
  /** Distance of frames that follow each other in time, in frames of the video. */
  stride: z.number(),
  /** Which of the frames in time stands at each place; null where they are shown in time. */
  order: z.array(z.number().int()).nullable(),
  /** Quarter turns anticlockwise. */
  turn: z.number().int(),
  /** What the method asks: the number of what was drawn; null where it asks nothing. */
  answer: z.number().int().nullable(),
  look: lookSchema,
  /** Crop and flip of each frame where each has its own; null where the clip has one. */
  perFrame: z.array(cutSchema).nullable(),
  background: z
    .object({
      kind: z.enum(BACKGROUNDS),
      /** Path of the video that lends it, within the data set; null for none of another. */
      video: z.string().nullable(),
      /** The one frame that is behind all, by its position in the lending clip; null for all. */
      frame: z.number().int().nullable(),
    })
    .nullable(),
  mix: z.object({ frame: z.number().int(), lambda: z.number() }).nullable(),
  /** The rows of its picture, from top to bottom. */
  rows: z.array(z.enum(VIEW_ROWS)),
})
export type ShownView = z.output<typeof shownViewSchema>

/** The clips of one video as a training batch has them, and where that is. */
export const shownVideoSchema = z.object({
  /** Names its pictures. */
  key: z.string(),
  /** The seed of the run. */
  seed: z.number().int(),
  batch: z.number().int(),
  /** Batches of the whole run. */
  batches: z.number().int(),
  slot: z.number().int(),
  /** Videos of a batch. */
  slots: z.number().int(),
  /** The optimiser step that takes the batch, counted from 1. */
  step: z.number().int(),
  epoch: z.number().int(),
  /** Path within the data set. */
  video: z.string(),
  class: z.string().nullable(),
  /** Frames of the video. */
  frames: z.number().int(),
  /** Of the video, in pixels. */
  width: z.number().int(),
  height: z.number().int(),
  /** Of the video's flow, in pixels, in which motions are measured. */
  flow: z.object({ width: z.number().int(), height: z.number().int() }),
  /** Pixels of a clip's side. */
  size: z.number().int(),
  views: z.array(shownViewSchema),
})
export type ShownVideo = z.output<typeof shownVideoSchema>

import { z } from 'zod'
import { maskVariantSchema } from './masks.ts'
import { uint8Schema } from './packed.ts'
import { splitSchema } from './videos.ts'

/** A clip of a video, by which masks and decisions are kept: T frames at stride s from `start`. */
export const clipWindowSchema = z.object({
  videoId: z.number().int(),
  /** First frame, counted as decoded. */
  start: z.number().int().min(0),
  frames: z.number().int().min(2).max(128),
  stride: z.number().int().min(1).max(32),
})
export type ClipWindow = z.infer<typeof clipWindowSchema>

/**
 * - `untouched`: nobody has decided on it
 * - `corrected`: its mask was changed by hand
 * - `approved`: its mask, changed or not, is right
 * - `rejected`: clips that overlap it by half or more are not drawn in training
 */
export const maskStateSchema = z.enum(['untouched', 'corrected', 'approved', 'rejected'])
export type MaskState = z.infer<typeof maskStateSchema>

/** How FAME's mask, the one that corrections started from, was made. */
export const maskOriginSchema = z.object({
  beta: z.number().min(0).max(1),
  variant: maskVariantSchema,
  /** Whether beta was chosen from the soft mask. */
  adaptive: z.boolean(),
  /** Whether the global motion was removed first. */
  compensate: z.boolean(),
  /** Short side in pixels of the frames that the mask was computed from. */
  size: z.number().int().min(16).max(1024),
})
export type MaskOrigin = z.infer<typeof maskOriginSchema>

/**
 * A mask as run lengths, row-major: how many pixels are 0, then how many are 1, and so on; the first
 * may be 0. Their sum is height x width.
 */
export const maskRunsSchema = z.array(z.number().int().min(0)).max(4_000_000)
export type MaskRuns = z.infer<typeof maskRunsSchema>

/** The steps that undo and redo would take next, and how often the mask has changed. */
export const maskHistorySchema = z.object({
  undo: z.string().nullable(),
  redo: z.string().nullable(),
  /** Grows with every change; an edit names the one it was made on. */
  revision: z.number().int(),
})
export type MaskHistory = z.infer<typeof maskHistorySchema>

export const maskDecisionSchema = z.object({
  state: maskStateSchema,
  notes: z.string().max(4000),
  /** Beta for clips that lie in this window; null takes the class's, then the run's. */
  beta: z.number().min(0.01).max(0.99).nullable(),
})
export type MaskDecision = z.infer<typeof maskDecisionSchema>

/** What is kept of one window, without its pixels. */
export const maskWindowSchema = clipWindowSchema.extend({
  id: z.number().int(),
  ...maskDecisionSchema.shape,
  /** Whether pixels differ from the FAME mask it started from. */
  edited: z.boolean(),
  author: z.string(),
  /** ISO 8601. */
  changedAt: z.string(),
  /** Null where no mask is stored: only a decision. */
  origin: maskOriginSchema.nullable(),
  /** Pixels, the video's own; null where no mask is stored. */
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  /** Whether frames have masks of their own. */
  byFrame: z.boolean(),
})
export type MaskWindow = z.infer<typeof maskWindowSchema>

/** A window with its pixels and its history. */
export const openMaskSchema = z.object({
  window: maskWindowSchema,
  /** The FAME mask it started from, and the mask now; null where none is stored. */
  fame: maskRunsSchema.nullable(),
  mask: maskRunsSchema.nullable(),
  /** Masks by frame as `packFrames` gives them, unchecked; null where there are none. */
  byFrame: uint8Schema.nullable(),
  history: maskHistorySchema,
})
export type OpenMask = z.infer<typeof openMaskSchema>

/** The FAME mask that a first edit starts from, at the video's size. */
export const maskBaseSchema = z.object({
  origin: maskOriginSchema,
  width: z.number().int().min(1),
  height: z.number().int().min(1),
  fame: maskRunsSchema,
})
export type MaskBase = z.infer<typeof maskBaseSchema>

/** Bytes of what one edit may change of masks by frame. */
const MOST_FRAME_BYTES = 2 ** 26

/** One stroke, or another edit of the pixels. */
export const maskEditSchema = z.object({
  window: clipWindowSchema,
  /** What the editor last heard of; 0 for a window without history. */
  revision: z.number().int().min(0),
  /** Shown by undo: `brush`, `fill holes`. */
  label: z.string().min(1).max(80),
  /** Pixels that change, as run lengths: the mask XOR these is the new mask. */
  change: maskRunsSchema,
  /** Needed where no mask is stored; elsewhere the mask starts again from this one (reset). */
  base: maskBaseSchema.optional(),
  /** What changes of masks by frame, as `packFrameChanges` gives it. */
  byFrame: uint8Schema
    .refine(({ length }) => length <= MOST_FRAME_BYTES, 'expected at most 64 MB of masks by frame')
    .optional(),
})
export type MaskEdit = z.infer<typeof maskEditSchema>

export const maskEditResultSchema = z.object({
  window: maskWindowSchema,
  history: maskHistorySchema,
})
export type MaskEditResult = z.infer<typeof maskEditResultSchema>

/** An undone or redone edit, with the mask as it is now. */
export const maskStepSchema = openMaskSchema.extend({ label: z.string() })
export type MaskStep = z.infer<typeof maskStepSchema>

/** A decision on a window: fields left out stay as they are. */
export const decideRequestSchema = z.object({
  window: clipWindowSchema,
  change: maskDecisionSchema.partial(),
  /** How to make the mask of a window that is approved without one. */
  origin: maskOriginSchema,
})
export type DecideRequest = z.infer<typeof decideRequestSchema>

/** The same on many windows. */
export const decideManyRequestSchema = decideRequestSchema
  .omit({ window: true })
  .extend({ windows: z.array(clipWindowSchema).min(1).max(100_000) })
export type DecideManyRequest = z.infer<typeof decideManyRequestSchema>

/**
 * How a decision on windows goes. What is done stays when the stream is left. A window whose mask
 * cannot be made stays as it was and is among the failures.
 */
export const decideEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), done: z.number().int(), total: z.number().int() }),
  z.object({
    type: z.literal('done'),
    /** Windows that are now other than before. */
    changed: z.number().int(),
    failures: z.number().int(),
    /** The first hundred of them. */
    failed: z.array(z.object({ window: clipWindowSchema, message: z.string() })),
  }),
])
export type DecideEvent = z.infer<typeof decideEventSchema>

/** The last decision on many windows at once that stands. */
export const bulkDecisionSchema = z.object({ label: z.string(), windows: z.number().int() })
export type BulkDecision = z.infer<typeof bulkDecisionSchema>

/** An undone decision on many windows. */
export const undoneBulkSchema = z.object({
  label: z.string(),
  undone: z.number().int(),
  /** Windows that have changed since: they stay as they are. */
  kept: z.number().int(),
})
export type UndoneBulk = z.infer<typeof undoneBulkSchema>

/** Beta for everything in a class of a data set, or for the project; clips have theirs in the window. */
export const betaScopeSchema = z.union([
  z.object({ scope: z.literal('project') }),
  z.object({ scope: z.literal('class'), datasetId: z.number().int(), class: z.string() }),
])
export type BetaScope = z.infer<typeof betaScopeSchema>
export const scopedBetaSchema = z.object({
  of: betaScopeSchema,
  beta: z.number().min(0.01).max(0.99),
})
export type ScopedBeta = z.infer<typeof scopedBetaSchema>

/** How sure FAME's mask of a window is, each in [0, 1]. */
export const maskScoreSchema = z.object({
  /** IoU of the masks cut a little above and below: 1 is a clear edge. */
  stability: z.number(),
  /** Foreground over all pixels that the adaptive beta gives. */
  area: z.number(),
  /** IoU of the variants fame and seed. */
  agreement: z.number(),
  /** What deserves a look first: 1 before 0. */
  priority: z.number(),
})
export type MaskScore = z.infer<typeof maskScoreSchema>

/** Which windows to score: one in the middle of each video that can be read. */
export const surveyRequestSchema = z.object({
  datasetId: z.number().int().optional(),
  class: z.string().optional(),
  frames: z.number().int().min(2).max(128).default(16),
  stride: z.number().int().min(1).max(32).default(2),
  size: z.number().int().min(16).max(448).default(112),
  compensate: z.boolean().default(false),
  /** Score windows again that have a score. */
  again: z.boolean().default(false),
})
export type SurveyRequest = z.input<typeof surveyRequestSchema>
export type CompleteSurveyRequest = z.output<typeof surveyRequestSchema>

export const queueOrderSchema = z.enum([
  'priority',
  'stability',
  'area',
  'agreement',
  'path',
  'changed',
])
export type QueueOrder = z.infer<typeof queueOrderSchema>

export const queueQuerySchema = z.object({
  datasetId: z.number().int().optional(),
  class: z.string().optional(),
  split: splitSchema.optional(),
  states: z.array(maskStateSchema).max(4).optional(),
  order: queueOrderSchema.default('priority'),
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(500).default(100),
})
export type QueueQuery = z.input<typeof queueQuerySchema>
export type CompleteQueueQuery = z.output<typeof queueQuerySchema>

export const queueItemSchema = clipWindowSchema.extend({
  path: z.string(),
  class: z.string().nullable(),
  state: maskStateSchema,
  edited: z.boolean(),
  /** Null for a window that somebody opened and no survey scored. */
  score: maskScoreSchema.nullable(),
  /** Why it deserves a look, in words: `unclear edge`, `mostly foreground`. */
  reasons: z.array(z.string()),
})
export type QueueItem = z.infer<typeof queueItemSchema>

export const queuePageSchema = z.object({
  /** Windows that match. */
  total: z.number().int(),
  /** How many of all windows of these data sets and classes have each state. */
  states: z.record(maskStateSchema, z.number().int()),
  /** Readable videos of these data sets and classes, and how many have a reviewed clip. */
  videos: z.object({ reviewed: z.number().int(), total: z.number().int() }),
  items: z.array(queueItemSchema),
})
export type QueuePage = z.infer<typeof queuePageSchema>

/** The true foreground of a window, where the data set has masks: the union over its frames. */
export const trueMaskSchema = z.object({
  width: z.number().int(),
  height: z.number().int(),
  runs: maskRunsSchema,
})
export type TrueMask = z.infer<typeof trueMaskSchema>

/** Motion energy, piece by piece: mean |difference| to the frame before, in [0, 1]. */
export const energyPieceSchema = z.object({
  /** Frame of the first value. */
  from: z.number().int(),
  values: z.array(z.number()),
  /** Frames in the video as far as known. */
  frames: z.number().int(),
})
export type EnergyPiece = z.infer<typeof energyPieceSchema>

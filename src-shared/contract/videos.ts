import { z } from 'zod'
import { datasetFormatSchema, warningCountsSchema } from './indexing.ts'

export const splitSchema = z.enum(['train', 'test', 'val'])
export type Split = z.infer<typeof splitSchema>

/** What is wrong with a video, for code that must tell one from another. */
export const videoErrorKindSchema = z.enum([
  /** No such file, no permission, or a folder. */
  'unreadable',
  'empty',
  /** Not a container that FFmpeg knows, or cut off before its header ended. */
  'not-video',
  'no-video-stream',
  'unsupported-codec',
  /** The container is fine and not one frame could be decoded. */
  'no-frame',
  /** Some of the stream cannot be decoded, or its end is missing. */
  'damaged',
  /** The file was indexed once and is gone. */
  'vanished',
  'out-of-range',
  /** The decoder process died, took too long, was told to stop, or has too much to do. */
  'crashed',
  'timeout',
  'cancelled',
  'busy',
])
export type VideoErrorKind = z.infer<typeof videoErrorKindSchema>

/** One row of the index. Fields are null where the file could not tell; `error` then says why. */
export const videoSchema = z.object({
  id: z.number().int(),
  datasetId: z.number().int(),
  /** Relative to the data set's folder, with forward slashes. */
  path: z.string(),
  class: z.string().nullable(),
  split: splitSchema.nullable(),
  /** Frames as decoded or counted from packets. */
  frames: z.number().int().nullable(),
  /** Frames by the file's header, which may be wrong; null where it does not say. */
  headerFrames: z.number().int().nullable(),
  /** The video has been decoded through: `frames` is what came out. */
  verified: z.boolean(),
  /** Frames a second, on average. */
  fps: z.number().nullable(),
  /** Do frames follow each other at different distances? Null where the file has no times. */
  variableRate: z.boolean().nullable(),
  /** Pixels. */
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  /** Seconds. */
  duration: z.number().nullable(),
  /** Bytes. */
  size: z.number().int().nullable(),
  codec: z.string().nullable(),
  /** FFmpeg's name, such as yuv420p. */
  pixelFormat: z.string().nullable(),
  /** Matrix and range by which pictures become RGB, where they are not those of untagged videos. */
  colours: z.string().nullable(),
  /** How pictures are shown: mirrored left to right, then turned so many degrees clockwise. */
  rotation: z.number().int().nullable(),
  mirrored: z.boolean().nullable(),
  error: z.string().nullable(),
  errorKind: videoErrorKindSchema.nullable(),
})
export type Video = z.infer<typeof videoSchema>

export const datasetSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  format: datasetFormatSchema,
  /** Absolute folder. */
  folder: z.string(),
  /** Absolute folder of the lists, where one was named. */
  annotations: z.string().nullable(),
  /** Which of the format's splits the videos are in; 1 where it has but one. */
  splitList: z.number().int(),
  videos: z.number().int(),
  damaged: z.number().int(),
  classes: z.array(z.string()),
})
export type Dataset = z.infer<typeof datasetSchema>

export const listedDatasetSchema = datasetSchema.extend({
  /** Whether its folder carries the stamp of the workbench's own sample set, whatever its name. */
  isSample: z.boolean(),
})
export type ListedDataset = z.infer<typeof listedDatasetSchema>

export const videoQuerySchema = z.object({
  datasetId: z.number().int().optional(),
  class: z.string().optional(),
  split: splitSchema.optional(),
  /** Part of a path. */
  search: z.string().optional(),
  /** Only files that could not be read. */
  damaged: z.boolean().optional(),
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(500).default(100),
})
export type VideoQuery = z.input<typeof videoQuerySchema>

export const videoPageSchema = z.object({ total: z.number().int(), items: z.array(videoSchema) })
export type VideoPage = z.infer<typeof videoPageSchema>

/** A job with a known amount of work: indexing a folder, writing the sample set. */
export const jobEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    phase: z.string(),
    done: z.number().int(),
    total: z.number().int(),
    /** Items a second. */
    rate: z.number(),
    secondsLeft: z.number().nullable(),
    errors: z.number().int(),
  }),
  /** Something worth saying that is no fault: which format was recognised, and why. */
  z.object({ type: z.literal('note'), message: z.string() }),
  z.object({ type: z.literal('warning'), message: z.string() }),
  z.object({
    type: z.literal('done'),
    total: z.number().int(),
    errors: z.number().int(),
    seconds: z.number(),
    datasetId: z.number().int().nullable(),
    format: datasetFormatSchema.nullable(),
    warnings: warningCountsSchema,
    /** Videos that are folders of frames, and the frames a second that they are taken to have. */
    frameFolders: z.object({ videos: z.number().int(), frameRate: z.number() }).optional(),
  }),
])
export type JobEvent = z.infer<typeof jobEventSchema>

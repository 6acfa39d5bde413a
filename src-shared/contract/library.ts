import { z } from 'zod'
import { splitSchema, videoSchema } from './videos.ts'

const rangeSchema = z.object({
  min: z.number().min(0).optional(),
  max: z.number().min(0).optional(),
})
/** Both ends count; left out: no bound. */
export type Range = z.infer<typeof rangeSchema>

export const splitChoiceSchema = z.enum([...splitSchema.options, 'none'])
export type SplitChoice = z.infer<typeof splitChoiceSchema>

/**
 * The states of a video's masks, as the review queue has them: `corrected` by hand and not decided on,
 * `approved`, `rejected`, or `none` of these. A video with several windows can be in several.
 */
export const maskChoiceSchema = z.enum(['corrected', 'approved', 'rejected', 'none'])
export type MaskChoice = z.infer<typeof maskChoiceSchema>

/**
 * Which videos a library shows: those that pass every field given, by any of its values. Fields
 * without values pass all.
 */
export const libraryFilterSchema = z.object({
  /** Beginnings of words of path, class and tags; each must be found. */
  search: z.string().max(200).optional(),
  datasets: z.array(z.number().int()).max(1000).optional(),
  /** '' is no class. */
  classes: z.array(z.string()).max(2000).optional(),
  splits: z.array(splitChoiceSchema).max(4).optional(),
  tags: z.array(z.string()).max(200).optional(),
  masks: z.array(maskChoiceSchema).max(4).optional(),
  /** Frames. */
  length: rangeSchema.optional(),
  /** Bytes. */
  size: rangeSchema.optional(),
  /** True: damaged files alone; false: readable ones alone. */
  damaged: z.boolean().optional(),
})
export type LibraryFilter = z.infer<typeof libraryFilterSchema>

export const sortKeySchema = z.enum(['path', 'class', 'length', 'size', 'date', 'error'])
export type SortKey = z.infer<typeof sortKeySchema>

/** Videos without the value come last either way; equal ones stand by data set and path. */
export const librarySortSchema = z.object({
  by: sortKeySchema.default('path'),
  descending: z.boolean().default(false),
})
export type LibrarySort = z.infer<typeof librarySortSchema>

export const libraryViewSchema = z.object({
  filter: libraryFilterSchema.default({}),
  sort: librarySortSchema.default({ by: 'path', descending: false }),
})
export type LibraryView = z.infer<typeof libraryViewSchema>

export const libraryPageQuerySchema = libraryViewSchema.extend({
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(500).default(100),
})
export type LibraryPageQuery = z.infer<typeof libraryPageQuerySchema>

export const taggedVideoSchema = videoSchema.extend({
  tags: z.array(z.string()),
  /** When the file was last changed, in ms since 1970. */
  modified: z.number().nullable(),
})
export type TaggedVideo = z.infer<typeof taggedVideoSchema>

export const libraryPageSchema = z.object({
  total: z.number().int(),
  items: z.array(taggedVideoSchema),
})
export type LibraryPage = z.infer<typeof libraryPageSchema>

const histogramSchema = z.object({
  /** Where bin i begins; it ends before bin i + 1, and the last has no end. */
  edges: z.array(z.number()),
  counts: z.array(z.number().int()),
  /** The greatest value that is counted; 0 where none is. */
  most: z.number().int(),
})
export type Histogram = z.infer<typeof histogramSchema>

/** How many videos each value has among those that pass all the other fields of a filter. */
export const libraryFacetsSchema = z.object({
  /** Videos that pass the whole filter. */
  total: z.number().int(),
  datasets: z.array(z.object({ id: z.number().int(), count: z.number().int() })),
  classes: z.array(z.object({ name: z.string(), count: z.number().int() })),
  splits: z.array(z.object({ name: splitChoiceSchema, count: z.number().int() })),
  tags: z.array(z.object({ name: z.string(), count: z.number().int() })),
  masks: z.array(z.object({ name: maskChoiceSchema, count: z.number().int() })),
  damaged: z.number().int(),
  readable: z.number().int(),
  /** By frames. */
  lengths: histogramSchema,
})
export type LibraryFacets = z.infer<typeof libraryFacetsSchema>

export const tagNameSchema = z
  .string()
  .trim()
  .min(1, 'A tag needs a name.')
  .max(60, 'A tag has 60 letters at most.')

/** Videos by their ids, or all that pass a filter. */
export const tagRequestSchema = z.object({
  videos: z.union([
    z.object({ ids: z.array(z.number().int()).max(1_000_000) }),
    z.object({ filter: libraryFilterSchema }),
  ]),
  add: z.array(tagNameSchema).max(20).default([]),
  remove: z.array(tagNameSchema).max(20).default([]),
})

/** An edit of tags and how many videos it touched. */
export const tagEditSchema = z.object({ label: z.string(), videos: z.number().int() })
export type TagEdit = z.infer<typeof tagEditSchema>

/** The edits that undo and redo would take next. */
export const tagHistorySchema = z.object({
  undo: z.string().nullable(),
  redo: z.string().nullable(),
})
export type TagHistory = z.infer<typeof tagHistorySchema>

export const savedFilterSchema = z.object({
  id: z.number().int(),
  name: z.string(),
  view: libraryViewSchema,
})
export type SavedFilter = z.infer<typeof savedFilterSchema>

export const relocationSchema = z.object({
  /** Videos of the data set found in the new folder, and those that are not there. */
  found: z.number().int(),
  missing: z.number().int(),
})
export type Relocation = z.infer<typeof relocationSchema>

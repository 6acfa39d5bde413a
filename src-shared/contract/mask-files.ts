import { z } from 'zod'
import { clipWindowSchema, maskStateSchema } from './mask-windows.ts'
import { datasetSchema } from './videos.ts'

export const maskFileFormats = ['png', 'coco', 'youtube-vis', 'npz', 'davis'] as const
export const maskFileFormatSchema = z.enum(maskFileFormats)
export type MaskFileFormat = z.infer<typeof maskFileFormatSchema>

/** What each format is called, what its name on disk ends with, and what it holds. */
export const maskFileTitles: Record<
  MaskFileFormat,
  { title: string; extension: string; holds: string }
> = {
  png: {
    title: 'PNG pictures',
    extension: '',
    holds:
      'A folder with one picture per mask, of 0 and 255, one per frame where frames have their own, and a manifest.json with everything else.',
  },
  coco: {
    title: 'COCO JSON',
    extension: '.json',
    holds: 'One image per clip, with run lengths as pycocotools reads them, and everything else.',
  },
  'youtube-vis': {
    title: 'YouTube-VIS JSON',
    extension: '.json',
    holds:
      "One mask for each frame of a clip, its own where it has one. Decisions on clips without a mask, and FAME's masks, are left out.",
  },
  npz: {
    title: 'NumPy .npz',
    extension: '.npz',
    holds:
      'One boolean array per mask, one of [T, H, W] where frames have their own, one array per field, and everything else.',
  },
  davis: {
    title: 'DAVIS folders',
    extension: '',
    holds:
      "Annotations/480p with a palette picture for each frame of a clip, ImageSets, and fame_workbench.json. Decisions on clips without a mask, and FAME's masks, are left out.",
  },
}

/** Whether it is a folder of pictures, and no file. */
export function isFolderFormat(format: MaskFileFormat): boolean {
  return maskFileTitles[format].extension === ''
}

/** What no format holds; said wherever one is chosen. */
export const NOT_IN_MASK_FILES =
  'No format stores the edit history, or the β of classes and of the project.'

/** Whether the layout of a format has a place for the frames themselves. */
export function holdsPictures(format: MaskFileFormat): boolean {
  return format === 'davis'
}

export const exportMasksSchema = z.object({
  format: maskFileFormatSchema,
  /** File, or folder for PNG and DAVIS, on the machine where the workbench runs; without a folder before it, in the project's `exports`. */
  out: z.string().min(1),
  datasetId: z.number().int().optional(),
  /** All where it is left out. */
  states: z.array(maskStateSchema).min(1).optional(),
  /** Also the frames of the clips as JPEG, where the format's layout has a place for them. */
  pictures: z.boolean().optional(),
})
export type ExportMasks = z.infer<typeof exportMasksSchema>

export const exportedMasksSchema = z.object({
  /** Absolute. */
  out: z.string(),
  /** Windows that it holds. */
  windows: z.number().int(),
  /** Windows that the format cannot hold. */
  leftOut: z.number().int(),
})
export type ExportedMasks = z.infer<typeof exportedMasksSchema>

/** What is left when a data set has gone. */
export const removedDatasetSchema = z.object({
  datasets: z.array(datasetSchema),
  /** Where its masks are; null where it had none, or they were let go. */
  exported: exportedMasksSchema.nullable(),
})
export type RemovedDataset = z.infer<typeof removedDatasetSchema>

export const exportEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), done: z.number().int(), total: z.number().int() }),
  exportedMasksSchema.extend({ type: z.literal('done') }),
])
export type ExportEvent = z.infer<typeof exportEventSchema>

/**
 * - `check`: nothing is changed
 * - `all`: everything is taken, where all of it fits; nothing otherwise
 * - `fitting`: what fits is taken
 */
export const importModeSchema = z.enum(['check', 'all', 'fitting'])
export type ImportMode = z.infer<typeof importModeSchema>

export const importMasksSchema = z.object({
  /** File, or folder for PNG and DAVIS, on the machine where the workbench runs. */
  file: z.string().min(1),
  /** `auto` tells it by what is there. */
  format: z.enum(['auto', ...maskFileFormats]).default('auto'),
  /** Data set that the videos are of; without it the one that the file names. */
  datasetId: z.number().int().optional(),
  mode: importModeSchema.default('check'),
  /** Where the file's masks differ from frame to frame, take their union for all frames. */
  unite: z.boolean().default(false),
})
export type ImportMasks = z.input<typeof importMasksSchema>

/**
 * - `new`, `replaces`, `same`: it fits, and the project has nothing, something else, or just that
 * - `no-decision`: it has neither a mask nor a decision, so nothing is taken
 * - the others: why it does not fit
 */
export const importOutcomeSchema = z.enum([
  'new',
  'replaces',
  'same',
  'unknown-video',
  'ambiguous-video',
  'unreadable-video',
  'wrong-size',
  'outside-video',
  'wrong-length',
  'no-decision',
  'duplicate',
  'damaged',
])
export type ImportOutcome = z.infer<typeof importOutcomeSchema>

/** What becomes of one row of a file. */
export const importRowSchema = z.object({
  /** `annotation 3`, `window 17`. */
  where: z.string(),
  outcome: importOutcomeSchema,
  /** The video that the row names; null where it names none. */
  path: z.string().nullable(),
  /** Null where the row does not fit. */
  window: clipWindowSchema.nullable(),
  /** Fact and remedy of a row that does not fit; of one that fits, how it was read where that is not plain. */
  message: z.string().nullable(),
})
export type ImportRow = z.infer<typeof importRowSchema>

export const importEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    phase: z.enum(['checking', 'taking']),
    done: z.number().int(),
    /** Null while it is not known. */
    total: z.number().int().nullable(),
  }),
  /** Rows in the order of the file, once each. */
  z.object({ type: z.literal('rows'), rows: z.array(importRowSchema) }),
  z.object({
    type: z.literal('done'),
    format: maskFileFormatSchema,
    /** How many rows had each outcome; those without any are left out. */
    outcomes: z.partialRecord(importOutcomeSchema, z.number().int()),
    rows: z.number().int(),
    /** Rows that do not fit. */
    misfits: z.number().int(),
    /** Windows that were changed; one step of `masks.undoBulk` takes them back. */
    taken: z.number().int(),
    /** Rows that fitted and could not be taken: the first hundred, and how many. */
    failed: z.array(z.object({ where: z.string(), message: z.string() })),
    failures: z.number().int(),
  }),
])
export type ImportEvent = z.infer<typeof importEventSchema>

const fitting: readonly ImportOutcome[] = ['new', 'replaces', 'same', 'no-decision']

export function fits(outcome: ImportOutcome): boolean {
  return fitting.includes(outcome)
}

export const outcomeTitles: Record<ImportOutcome, string> = {
  new: 'new',
  replaces: 'replaces the stored mask',
  same: 'already stored',
  'unknown-video': 'unknown video',
  'ambiguous-video': 'video in several data sets',
  'unreadable-video': 'video that could not be read',
  'wrong-size': 'wrong size',
  'outside-video': 'frames outside the video',
  'wrong-length': 'other number of frames',
  'no-decision': 'without mask or decision',
  duplicate: 'duplicate',
  damaged: 'damaged or incomplete',
}

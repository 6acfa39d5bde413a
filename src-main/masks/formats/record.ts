import { z } from 'zod'
import {
  clipWindowSchema,
  maskDecisionSchema,
  maskOriginSchema,
  maskStateSchema,
  type MaskRuns,
} from '#shared/contract/mask-windows.ts'
import { MaskError } from '#shared/masks/mask.ts'
import { encodeRuns } from '#shared/masks/runs.ts'
import { ownFramesOf, ownFramesSchema, type FrameRecord } from './frame-records.ts'
import { MOST_RUNS } from './limits.ts'

/** Issues that are listed of one row. */
const MOST_ISSUES = 3
/** Names of data sets, videos and classes. */
const name = z.string().max(4096)
const pixels = z.number().int().min(1).max(65_535)

/**
 * What a file tells of a window beside its pixels. Only the place must be there; a mask of unknown
 * making counts as corrected by hand.
 */
export const recordDetailsSchema = z.object({
  /** Name of the data set; null where the file names none. */
  dataset: name.nullable().default(null),
  /** The video, relative to the data set's folder. */
  path: name.min(1),
  class: name.nullable().default(null),
  /** Frames of the video. */
  length: z.number().int().min(1).nullable().default(null),
  ...clipWindowSchema.omit({ videoId: true }).shape,
  /** Pixels of the video. */
  width: pixels.nullable().default(null),
  height: pixels.nullable().default(null),
  state: maskStateSchema.default('corrected'),
  notes: maskDecisionSchema.shape.notes.default(''),
  beta: maskDecisionSchema.shape.beta.default(null),
  author: z.string().max(200).nullable().default(null),
  /** ISO 8601. */
  changedAt: z.string().max(40).nullable().default(null),
  /** How FAME's mask was made. */
  origin: maskOriginSchema.nullable().default(null),
  /** How its picture is turned: as players show it. Files of 0.1.0 had the stored one and said nothing. */
  orientation: z.literal('shown').optional().catch(undefined),
  /** Frames with masks of their own; left out where there are none. */
  ownFrames: ownFramesSchema.optional(),
})
export type RecordDetails = z.infer<typeof recordDetailsSchema>

/** A window as files carry it. Runs are row-major and cover height x width. */
export interface MaskRecord extends Omit<RecordDetails, 'ownFrames'> {
  /** FAME's mask, which corrections started from. */
  fame: MaskRuns | null
  /** Null where only a decision is kept. */
  mask: MaskRuns | null
  /** Masks of frames' own; left out where there are none. */
  byFrame?: readonly FrameRecord[]
}

/** One row of a file: a window, or what is wrong with it. */
export type ReadRow = WindowRow | FaultyRow

interface WindowRow {
  where: string
  record: MaskRecord
  /** How it was read, where that is not plain. */
  note?: string | null
  /** Its frames were counted over `length` pictures, so the video must have just as many. */
  needsLength?: boolean
}

export interface FaultyRow {
  where: string
  path: string | null
  /** Fact and remedy. */
  fault: string
  outcome?: 'damaged'
}

export interface ReadOptions {
  /** Unite masks that differ from frame to frame into one of the clip. */
  unite: boolean
}

/** Takes windows one by one; what it wrote counts only after `end`. */
export interface MaskWriter {
  /**
   * @param picture JPEG of a frame of the video by its number, for formats that hold pictures
   * @returns whether the format can carry the window
   */
  write(record: MaskRecord, picture?: (frame: number) => Promise<Uint8Array>): Promise<boolean>
  end(): Promise<void>
  /** Closes what is open, after a failure. */
  abort(): Promise<void>
}

export interface MaskFormat {
  /** @param out file, or folder, that does not exist yet */
  create(out: string): Promise<MaskWriter>
  /**
   * @param file as `create` named it
   * @throws WorkbenchError when the file as a whole is not of this format
   */
  read(file: string, options: ReadOptions): AsyncGenerator<ReadRow, void, undefined>
}

/** What a record has of its details: which frames have masks of their own follows from these. */
export function fieldsOf(details: RecordDetails): Omit<RecordDetails, 'ownFrames'> {
  const fields = { ...details }
  delete fields.ownFrames
  return fields
}

/** The details of a record without its pixels, for JSON. */
export function detailsOf(
  record: MaskRecord,
): RecordDetails & Partial<Record<'fame' | 'mask' | 'byFrame', undefined>> {
  const pixels = { fame: undefined, mask: undefined, byFrame: undefined }
  const ownFrames = ownFramesOf(record.byFrame)
  return { ...record, ...pixels, orientation: 'shown', ownFrames }
}

/** `start: expected a number`, for rows that do not match a schema. */
export function issuesOf(error: z.ZodError): string {
  return error.issues
    .slice(0, MOST_ISSUES)
    .map(({ path, message }) => [path.join('.'), message].filter((part) => part !== '').join(': '))
    .join('; ')
}

/**
 * The run lengths of a mask that was read.
 * @param mask [pixels] u8; every value but 0 counts as 1
 * @throws MaskError when there are too many of them
 */
export function runsOfPixels(mask: Uint8Array): MaskRuns {
  let runs = 1
  for (let i = 1; i < mask.length; i++) if ((mask[i] !== 0) !== (mask[i - 1] !== 0)) runs++
  if (runs <= MOST_RUNS) return encodeRuns(mask)
  throw new MaskError(
    `It changes between foreground and background ${runs - 1} times along its rows, so it is ` +
      `noise; the limit is ${MOST_RUNS}. Smooth it first.`,
  )
}

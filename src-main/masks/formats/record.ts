import { z } from 'zod'
import {
  clipWindowSchema,
  maskDecisionSchema,
  maskOriginSchema,
  maskStateSchema,
  type MaskRuns,
} from '#shared/contract/mask-windows.ts'

/** Most pixels of a mask that is read: a file must not name more memory than there is. */
export const MOST_PIXELS = 2 ** 26

const pixels = z.number().int().min(1).max(65_535)

/**
 * What a file tells of a window beside its pixels. Only the place must be there; a mask of unknown
 * making counts as corrected by hand.
 */
export const recordDetailsSchema = z.object({
  /** Name of the data set; null where the file names none. */
  dataset: z.string().nullable().default(null),
  /** The video, relative to the data set's folder. */
  path: z.string().min(1),
  class: z.string().nullable().default(null),
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
})
export type RecordDetails = z.infer<typeof recordDetailsSchema>

/** A window as files carry it. Runs are row-major and cover height x width. */
export interface MaskRecord extends RecordDetails {
  /** FAME's mask, which corrections started from. */
  fame: MaskRuns | null
  /** Null where only a decision is kept. */
  mask: MaskRuns | null
}

/** One row of a file: a window, or what is wrong with it. */
export type ReadRow =
  { where: string; record: MaskRecord } | { where: string; path: string | null; fault: string }

/** Takes windows one by one; what it wrote counts only after `end`. */
export interface MaskWriter {
  /** @returns whether the format can carry the window */
  write(record: MaskRecord): Promise<boolean>
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
  read(file: string): AsyncGenerator<ReadRow, void, undefined>
}

/** The details of a record without its pixels, for JSON. */
export function detailsOf(record: MaskRecord): RecordDetails {
  return { ...record, ...{ fame: undefined, mask: undefined } }
}

/** `start: expected a number`, for rows that do not match a schema. */
export function issuesOf(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => [path.join('.'), message].filter((part) => part !== '').join(': '))
    .join('; ')
}

import type { MaskFileFormat } from '#shared/contract/mask-files.ts'
import type { FaultyRow, MaskRecord, ReadOptions } from '../formats/record.ts'

export interface ReadingTask extends ReadOptions {
  /** Absolute. */
  file: string
  /** `auto` tells it by what is there. */
  format: MaskFileFormat | 'auto'
}

/** A window with its masks as packed run lengths (`packRuns`), which cost the host nothing to take. */
export interface PackedRecord extends Omit<MaskRecord, 'mask' | 'fame' | 'byFrame'> {
  mask: Uint8Array | null
  fame: Uint8Array | null
  /** Masks by frame as `packFrames` gives them; null where there are none. */
  byFrame: Uint8Array | null
}

export type PackedRow =
  | { where: string; record: PackedRecord; note: string | null; needsLength: boolean }
  | Required<FaultyRow>

/** Reader to host. The reader waits for `next` after `format` and after each piece of rows. */
export type FromReader =
  | { type: 'format'; format: MaskFileFormat }
  | { type: 'rows'; rows: PackedRow[] }
  /** Every second while its event loop turns. */
  | { type: 'alive' }
  | { type: 'end' }
  /** `known` for an error whose message is for people. */
  | { type: 'failed'; message: string; known: boolean }

export type ToReader = { type: 'task'; task: ReadingTask } | { type: 'next' }

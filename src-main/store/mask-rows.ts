import type {
  ClipWindow,
  MaskDecision,
  MaskOrigin,
  MaskState,
  MaskWindow,
} from '#shared/contract/mask-windows.ts'
import type { PackedMask } from './mask-pixels.ts'

/** What an edit may change beside pixels; its history keeps these before and after. */
export interface MaskFields extends MaskDecision {
  edited: boolean
  /** All null where no mask is stored. */
  origin: MaskOrigin | null
  width: number | null
  height: number | null
}

/** A row of `masks` as SQLite gives it, without pixels. */
export interface MaskRow extends ClipWindow {
  id: number
  state: MaskState
  notes: string
  beta: number | null
  edited: number
  author: string
  changedAt: string
  origin: string | null
  width: number | null
  height: number | null
  revision: number
}

/** A window as training takes it. */
export interface StoredWindow extends ClipWindow {
  state: MaskState
  /** Beta for clips that lie in it; null takes the class's, then the run's. */
  beta: number | null
  edited: boolean
  changedAt: string
  /** Pixels; null where no mask is stored. */
  width: number | null
  height: number | null
  /** Packed run lengths. */
  mask: PackedMask
}

export const MASK_COLUMNS = `masks.id, masks.video_id AS videoId, masks.start, masks.frames,
  masks.stride, masks.state, masks.notes, masks.beta, masks.edited, masks.author,
  masks.changed_at AS changedAt, masks.origin, masks.width, masks.height, masks.revision`

/** A window on which everything was undone carries nothing, but its history. */
export const CARRIES = `(masks.state <> 'untouched' OR masks.mask IS NOT NULL
  OR masks.beta IS NOT NULL OR masks.notes <> '')`

export function toWindow(row: MaskRow): MaskWindow {
  const { id, videoId, start, frames, stride, author, changedAt } = row
  return { id, videoId, start, frames, stride, author, changedAt, ...toFields(row) }
}

export function toFields(row: MaskRow): MaskFields {
  const { state, notes, beta, edited, origin, width, height } = row
  return { state, notes, beta, edited: edited !== 0, origin: originOf(origin), width, height }
}

export function pixelsOf({ width, height }: Pick<MaskFields, 'width' | 'height'>): number {
  return (width ?? 0) * (height ?? 0)
}

function originOf(text: string | null): MaskOrigin | null {
  return text === null ? null : (JSON.parse(text) as MaskOrigin)
}

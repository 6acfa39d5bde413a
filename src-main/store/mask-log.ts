import type { Database, Statement } from 'better-sqlite3'
import type {
  ClipWindow,
  MaskHistory,
  MaskOrigin,
  MaskState,
  MaskWindow,
} from '#shared/contract/mask-windows.ts'
import { changedFrames } from './frame-changes.ts'
import { pixelsOf, turned } from './mask-changes.ts'
import type { Before, Change, MaskFields } from './mask-changes.ts'
import { returnedRow } from './returned-row.ts'

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
  byFrame: number
}

/** One step of a window's history. */
interface EditRow {
  id: number
  label: string
  change: Buffer | null
  fameChange: Buffer | null
  framesChange: Buffer | null
  /** Fields as JSON. */
  before: string
  after: string
}

interface NewEdit extends Record<keyof Omit<EditRow, 'id'>, unknown> {
  maskId: number
  batch: number | null
  author: string
  madeAt: string
}

interface Pixels {
  fame: Buffer | null
  mask: Buffer | null
  byFrame: Buffer | null
}

export const MASK_COLUMNS = `masks.id, masks.video_id AS videoId, masks.start, masks.frames,
  masks.stride, masks.state, masks.notes, masks.beta, masks.edited, masks.author,
  masks.changed_at AS changedAt, masks.origin, masks.width, masks.height, masks.revision,
  masks.by_frame IS NOT NULL AS byFrame`

/** A window on which everything was undone carries nothing, but its history. */
export const CARRIES = `(masks.state <> 'untouched' OR masks.mask IS NOT NULL
  OR masks.beta IS NOT NULL OR masks.notes <> '')`

const EDIT = `id, label, change, fame_change AS fameChange, by_frame_change AS framesChange,
  before, after`

export interface Step extends Change {
  author: string
  /** Shown by undo: `brush`. */
  label: string
  /** Number of the bulk decision it is part of. */
  batch?: number
}

/**
 * What was ever done to windows: each step as the pixels it turned and the fields before and after,
 * so that undoing is doing just that again. To be called within a transaction.
 */
export class MaskLog {
  private readonly pixels: Statement<[number], Pixels>
  private readonly setFields: Statement<[object], MaskRow>
  private readonly setPixels: Statement<[Record<keyof Pixels | 'id', unknown>]>
  private readonly lastDone: Statement<[number], EditRow>
  private readonly firstUndone: Statement<[number], EditRow>
  private readonly mark: Statement<[{ id: number; undone: number }]>
  private readonly forget: Statement<[number]>
  private readonly insertEdit: Statement<[NewEdit]>

  constructor(db: Database) {
    this.pixels = db.prepare('SELECT fame, mask, by_frame AS byFrame FROM masks WHERE id = ?')
    this.setFields = db.prepare(
      `UPDATE masks SET state = :state, notes = :notes, beta = :beta, edited = :edited,
         origin = :origin, width = :width, height = :height, author = :author,
         changed_at = :changedAt, revision = revision + 1
       WHERE id = :id RETURNING ${MASK_COLUMNS}`,
    )
    this.setPixels = db.prepare(
      'UPDATE masks SET fame = :fame, mask = :mask, by_frame = :byFrame WHERE id = :id',
    )
    const edits = `SELECT ${EDIT} FROM mask_edits WHERE mask_id = ? AND undone =`
    this.lastDone = db.prepare(`${edits} 0 ORDER BY id DESC LIMIT 1`)
    this.firstUndone = db.prepare(`${edits} 1 ORDER BY id LIMIT 1`)
    this.mark = db.prepare('UPDATE mask_edits SET undone = :undone WHERE id = :id')
    this.forget = db.prepare('DELETE FROM mask_edits WHERE mask_id = ? AND undone = 1')
    this.insertEdit = db.prepare(
      `INSERT INTO mask_edits
         (mask_id, label, change, fame_change, by_frame_change, before, after, batch, author,
          made_at)
       VALUES (:maskId, :label, :change, :fameChange, :framesChange, :before, :after, :batch,
         :author, :madeAt)`,
    )
  }

  before(row: MaskRow): Before {
    return { fields: toFields(row), frames: row.frames, ...this.pixelsOf(row) }
  }

  /** Packed; null for what there is not. */
  pixelsOf({ id }: MaskRow): Pixels {
    return this.pixels.get(id) ?? { mask: null, fame: null, byFrame: null }
  }

  /** Takes a step; those that were undone are forgotten. Returns the window as it is then. */
  push(row: MaskRow, step: Step): MaskRow {
    const { label, change, fameChange, framesChange, author, batch = null } = step
    this.forget.run(row.id)
    this.insertEdit.run({
      maskId: row.id,
      label,
      change,
      fameChange,
      framesChange,
      author,
      batch,
      madeAt: now(),
      before: JSON.stringify(toFields(row)),
      after: JSON.stringify(step.after),
    })
    return this.apply(row, step, author, 'on')
  }

  /** Undoes the last step, or does again what was undone last; null when there is none. */
  replay(row: MaskRow, author: string, way: 'undo' | 'redo'): EditRow | null {
    const edit = (way === 'undo' ? this.lastDone : this.firstUndone).get(row.id)
    if (!edit) return null
    const after = JSON.parse(way === 'undo' ? edit.before : edit.after) as MaskFields
    this.mark.run({ id: edit.id, undone: way === 'undo' ? 1 : 0 })
    this.apply(row, { ...edit, after }, author, way === 'undo' ? 'back' : 'on')
    return edit
  }

  historyOf({ id, revision }: MaskRow): MaskHistory {
    const undo = this.lastDone.get(id)?.label ?? null
    return { undo, redo: this.firstUndone.get(id)?.label ?? null, revision }
  }

  private apply(
    row: MaskRow,
    { after, change, fameChange, framesChange }: Change,
    author: string,
    way: 'on' | 'back',
  ): MaskRow {
    const { id } = row
    const isBare = after.origin === null
    if (change || fameChange || framesChange || isBare !== (row.origin === null)) {
      const before = this.before(row)
      const { mask, fame, byFrame } = before
      const pixels = pixelsOf(after)
      const frames =
        framesChange && !isBare && changedFrames(before, pixelsOf(after), framesChange, way)
      this.setPixels.run({
        id,
        fame: isBare ? null : turned(fame, fameChange, pixels),
        mask: isBare ? null : turned(mask, change, pixels),
        byFrame: framesChange || isBare ? frames || null : byFrame,
      })
    }
    const origin = after.origin && JSON.stringify(after.origin)
    const edited = Number(after.edited)
    return returnedRow(this.setFields, {
      ...after,
      id,
      origin,
      edited,
      author,
      changedAt: now(),
    })
  }
}

export function now(): string {
  return new Date().toISOString()
}

export function toWindow(row: MaskRow): MaskWindow {
  const { id, videoId, start, frames, stride, author, changedAt } = row
  const byFrame = row.byFrame !== 0
  return { id, videoId, start, frames, stride, author, changedAt, byFrame, ...toFields(row) }
}

export function toFields(row: MaskRow): MaskFields {
  const { state, notes, beta, edited, origin, width, height } = row
  return { state, notes, beta, edited: edited !== 0, origin: originOf(origin), width, height }
}

function originOf(text: string | null): MaskOrigin | null {
  return text === null ? null : (JSON.parse(text) as MaskOrigin)
}

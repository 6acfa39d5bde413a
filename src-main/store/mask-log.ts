import type { MaskHistory } from '#shared/contract/mask-windows.ts'
import type { Before, Change } from './mask-changes.ts'
import { turned } from './mask-pixels.ts'
import { pixelsOf, toFields, type MaskFields, type MaskRow } from './mask-rows.ts'
import type { EditRow, MaskStatements } from './mask-statements.ts'
import { returnedRow } from './returned-row.ts'

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
  private readonly sql: MaskStatements

  constructor(sql: MaskStatements) {
    this.sql = sql
  }

  before(row: MaskRow): Before {
    const { mask = null, fame = null } = this.sql.pixels.get(row.id) ?? {}
    return { fields: toFields(row), mask, fame }
  }

  /** Takes a step; those that were undone are forgotten. Returns the window as it is then. */
  push(row: MaskRow, step: Step): MaskRow {
    const { label, change, fameChange, author, batch = null } = step
    this.sql.forget.run(row.id)
    this.sql.insertEdit.run({
      ...{ maskId: row.id, label, change, fameChange, author, batch, madeAt: now() },
      before: JSON.stringify(toFields(row)),
      after: JSON.stringify(step.after),
    })
    return this.apply(row, step, author)
  }

  /** Undoes the last step, or does again what was undone last; null when there is none. */
  replay(row: MaskRow, author: string, way: 'undo' | 'redo'): EditRow | null {
    const edit = (way === 'undo' ? this.sql.lastDone : this.sql.firstUndone).get(row.id)
    if (!edit) return null
    const after = JSON.parse(way === 'undo' ? edit.before : edit.after) as MaskFields
    this.sql.mark.run({ id: edit.id, undone: way === 'undo' ? 1 : 0 })
    this.apply(row, { after, change: edit.change, fameChange: edit.fameChange }, author)
    return edit
  }

  historyOf({ id, revision }: MaskRow): MaskHistory {
    const undo = this.sql.lastDone.get(id)?.label ?? null
    return { undo, redo: this.sql.firstUndone.get(id)?.label ?? null, revision }
  }

  private apply(row: MaskRow, { after, change, fameChange }: Change, author: string): MaskRow {
    const { id } = row
    const isBare = after.origin === null
    if (change || fameChange || isBare !== (row.origin === null)) {
      const { mask, fame } = this.before(row)
      const pixels = pixelsOf(after)
      this.sql.setPixels.run({
        id,
        fame: isBare ? null : turned(fame, fameChange, pixels),
        mask: isBare ? null : turned(mask, change, pixels),
      })
    }
    const origin = after.origin && JSON.stringify(after.origin)
    const edited = Number(after.edited)
    return returnedRow(this.sql.setFields, {
      ...{ ...after, id, origin, edited, author, changedAt: now() },
    })
  }
}

export function now(): string {
  return new Date().toISOString()
}

import type { Database } from 'better-sqlite3'
import type {
  ClipWindow,
  MaskBase,
  MaskDecision,
  MaskEdit,
  MaskEditResult,
  MaskHistory,
  MaskRuns,
  MaskStep,
  MaskWindow,
  OpenMask,
} from '#shared/contract/mask-windows.ts'
import { unpackRuns } from '#shared/masks/packed-runs.ts'
import { MaskStatements, type EditRow, type Place } from './mask-statements.ts'
import { differenceOf, packChecked, turned, type PackedMask } from './mask-pixels.ts'
import {
  pixelsOf,
  toFields,
  toWindow,
  type MaskFields,
  type MaskRow,
  type StoredWindow,
} from './mask-rows.ts'
import { WorkbenchError } from './workbench-error.ts'

/** A window to decide on, and the mask it gets where it has none. */
export interface Decided {
  window: ClipWindow
  base?: MaskBase
}

/** What a window becomes, whatever it was. */
export interface Adopted extends Decided {
  decision: MaskDecision
  /** The mask beside its FAME mask, at the size of `base`; null keeps the pixels as they are. */
  mask: MaskRuns | null
}

export interface DecideOptions {
  author: string
  /** Shown by undo: `approve`. */
  label: string
  /** Number of the bulk decision it is part of. */
  batch?: number
}

/** What one edit does to a window. */
interface Change {
  label: string
  author: string
  after: MaskFields
  /** Pixels that change, of the mask and of the FAME mask it started from. */
  change: PackedMask
  fameChange: PackedMask
  batch: number | null
}

/**
 * Masks and decisions by window, with everything that was ever done to them. Each call is one commit
 * that is on disk when it returns. An edit is kept as the pixels it turned and the fields before and
 * after, so undoing is doing just that again; a new edit forgets those that were undone.
 */
export class MaskTable {
  private readonly db: Database
  private readonly sql: MaskStatements

  constructor(db: Database) {
    this.db = db
    this.sql = new MaskStatements(db)
  }

  /** What is kept of a window; null where nothing ever was. */
  get(window: ClipWindow): MaskWindow | null {
    const row = this.sql.row.get(place(window))
    return row ? toWindow(row) : null
  }

  /** The windows of a video that carry anything, by their start. */
  list(videoId: number): MaskWindow[] {
    return this.sql.ofVideo.all(videoId).map(toWindow)
  }

  /** A window with its pixels and its history; null where nothing was ever kept. */
  open(window: ClipWindow): OpenMask | null {
    const row = this.sql.row.get(place(window))
    return row ? this.opened(row) : null
  }

  /** The windows of some videos that carry anything, with their packed masks. */
  forTraining(videoIds: readonly number[]): StoredWindow[] {
    const rows = this.sql.stored.all(JSON.stringify(videoIds))
    return rows.map((row) => ({ ...row, edited: row.edited !== 0 }))
  }

  /**
   * One edit of the pixels; the window becomes `corrected`, or `untouched` when it only starts anew
   * from a FAME mask. An edit that changes nothing is not kept.
   * @throws WorkbenchError when the window has changed since `edit.revision`, or pixels do not fit
   */
  edit(edit: MaskEdit, author: string): MaskEditResult {
    return this.commit(() => {
      const { window, label, base } = edit
      const known = this.sql.row.get(place(window))
      if ((known?.revision ?? 0) !== edit.revision) throw changedElsewhere()
      if (base) this.checkSize(window, base)
      const row = known ?? this.insert(window, author)
      const step = this.strokeOf(row, edit)
      if (!step) return this.result(row)
      return this.result(this.push(row, { label, author, batch: null, ...step }))
    })
  }

  /** Takes the last edit of this window back; null when there is none. */
  undo(window: ClipWindow, author: string): MaskStep | null {
    return this.step(window, author, 'undo')
  }

  /** Does again what was undone last of this window; null when there is nothing. */
  redo(window: ClipWindow, author: string): MaskStep | null {
    return this.step(window, author, 'redo')
  }

  /**
   * Decides on windows in one commit: keep pieces to some hundred. Returns those that it changed.
   * A window without a mask that gets one (`base`) keeps it as its mask.
   * @throws WorkbenchError when there is no such video, or a base does not fit it
   */
  decide(
    windows: readonly Decided[],
    change: Partial<MaskDecision>,
    options: DecideOptions,
  ): MaskWindow[] {
    return this.commit(() =>
      windows.flatMap(({ window, base }) => {
        const row = this.sql.row.get(place(window)) ?? this.insert(window, options.author)
        const decided = this.decideOne(row, { window, base }, change, options)
        return decided ? toWindow(decided) : []
      }),
    )
  }

  /**
   * Gives windows masks and decisions of elsewhere, each in one step of its history, in one commit.
   * Returns those that it changed.
   * @throws WorkbenchError as `edit` and `decide`
   */
  adopt(windows: readonly Adopted[], options: DecideOptions): MaskWindow[] {
    return this.commit(() =>
      windows.flatMap((adopted) => {
        const { window, base } = adopted
        if (base) this.checkSize(window, base)
        const row = this.sql.row.get(place(window)) ?? this.insert(window, options.author)
        const change = this.adoptionOf(row, adopted)
        const isSame = JSON.stringify(change.after) === JSON.stringify(toFields(row))
        if (isSame && !change.change && !change.fameChange) return []
        return toWindow(this.push(row, { batch: null, ...options, ...change }))
      }),
    )
  }

  /** A number for a bulk decision. */
  newBatch(): number {
    return (this.sql.lastBatch.get() ?? 0) + 1
  }

  /** The bulk decision that would be undone next, and on how many windows it stands. */
  batch(): { batch: number; label: string; windows: number } | null {
    return this.sql.standingBatch.get() ?? null
  }

  /** Some of the windows on which a bulk decision stands. */
  ofBatch(batch: number, after: number, limit: number): { id: number; latest: boolean }[] {
    const rows = this.sql.windowsOfBatch.all(batch, after, limit)
    return rows.map(({ id, latest }) => ({ id, latest: latest !== 0 }))
  }

  /** Forgets that edits belonged to one bulk decision. */
  dissolveBatch(batch: number): void {
    this.sql.dissolveBatch.run(batch)
  }

  /** Undoes the last edit of windows, by their numbers, in one commit. */
  undoThese(ids: readonly number[], author: string): void {
    this.commit(() => {
      for (const id of ids) {
        const row = this.sql.rowById.get(id)
        if (row) this.replay(row, author, 'undo')
      }
    })
  }

  private strokeOf(
    row: MaskRow,
    { change, base }: MaskEdit,
  ): Pick<Change, 'after' | 'change' | 'fameChange'> | null {
    const before = toFields(row)
    if (!base && before.origin === null) {
      throw new WorkbenchError('This clip has no mask yet. Load it again, then repeat the edit.')
    }
    const size = base ?? before
    const pixels = pixelsOf(size)
    const pixelsNow = this.sql.pixels.get(row.id)
    const stroke = packChecked(change, pixels)
    if (!base) {
      if (!differenceOf(stroke, null)) return null
      const mask = turned(pixelsNow?.mask ?? null, stroke, pixels)
      const edited = differenceOf(mask, pixelsNow?.fame ?? null) !== null
      return { after: { ...before, state: 'corrected', edited }, change: stroke, fameChange: null }
    }
    if (before.origin !== null && pixelsOf(before) !== pixels) throw otherSize(before, base)
    const fame = packChecked(base.fame, pixels)
    const mask = turned(fame, stroke, pixels)
    const edited = differenceOf(stroke, null) !== null
    const { origin, width, height } = base
    const state = edited ? 'corrected' : 'untouched'
    return {
      after: { ...before, state, edited, origin, width, height },
      ...changesTo(pixelsNow, mask, fame),
    }
  }

  private adoptionOf(
    row: MaskRow,
    { base, mask: runs, decision }: Adopted,
  ): Pick<Change, 'after' | 'change' | 'fameChange'> {
    const before = toFields(row)
    if (!base || !runs) {
      return { after: { ...before, ...decision }, change: null, fameChange: null }
    }
    const pixels = pixelsOf(base)
    if (before.origin !== null && pixelsOf(before) !== pixels) throw otherSize(before, base)
    const fame = packChecked(base.fame, pixels)
    const mask = packChecked(runs, pixels)
    const edited = differenceOf(mask, fame) !== null
    const { origin, width, height } = base
    const pixelsNow = this.sql.pixels.get(row.id)
    return {
      after: { ...before, ...decision, edited, origin, width, height },
      ...changesTo(pixelsNow, mask, fame),
    }
  }

  private decideOne(
    row: MaskRow,
    { window, base }: Decided,
    decision: Partial<MaskDecision>,
    { author, label, batch }: DecideOptions,
  ): MaskRow | null {
    const before = toFields(row)
    const after = { ...before, ...definedOf(decision) }
    let fame: PackedMask = null
    if (base && before.origin === null) {
      this.checkSize(window, base)
      fame = packChecked(base.fame, pixelsOf(base))
      const { origin, width, height } = base
      Object.assign(after, { origin, width, height })
    }
    if (JSON.stringify(after) === JSON.stringify(before)) return null
    return this.push(row, {
      ...{ label, author, after },
      change: fame,
      fameChange: fame,
      batch: batch ?? null,
    })
  }

  /** Writes an edit and what it makes of the window. */
  private push(row: MaskRow, edit: Change): MaskRow {
    this.sql.forget.run(row.id)
    const { label, change, fameChange, author, batch } = edit
    this.sql.insertEdit.run({
      ...{ maskId: row.id, label, change, fameChange, author, batch, madeAt: now() },
      before: JSON.stringify(toFields(row)),
      after: JSON.stringify(edit.after),
    })
    return this.apply(row, edit)
  }

  private step(window: ClipWindow, author: string, way: 'undo' | 'redo'): MaskStep | null {
    return this.commit(() => {
      const row = this.sql.row.get(place(window))
      const edit = row && this.replay(row, author, way)
      return edit ? { ...this.opened(this.sql.row.get(place(window))!), label: edit.label } : null
    })
  }

  private replay(row: MaskRow, author: string, way: 'undo' | 'redo'): EditRow | null {
    const edit = (way === 'undo' ? this.sql.lastDone : this.sql.firstUndone).get(row.id)
    if (!edit) return null
    const after = JSON.parse(way === 'undo' ? edit.before : edit.after) as MaskFields
    this.sql.mark.run({ id: edit.id, undone: way === 'undo' ? 1 : 0 })
    this.apply(row, { after, author, change: edit.change, fameChange: edit.fameChange })
    return edit
  }

  private apply(row: MaskRow, edit: Omit<Change, 'label' | 'batch'>): MaskRow {
    const { after, author, change, fameChange } = edit
    const { id } = row
    const fields = { ...after, id, author, changedAt: now(), edited: Number(after.edited) }
    const origin = after.origin && JSON.stringify(after.origin)
    if (change || fameChange || (after.origin === null) !== (row.origin === null)) {
      const pixels = pixelsOf(after)
      const known = this.sql.pixels.get(id)
      const none = after.origin === null
      this.sql.setPixels.run({
        id,
        fame: none ? null : turned(known?.fame ?? null, fameChange, pixels),
        mask: none ? null : turned(known?.mask ?? null, change, pixels),
      })
    }
    return this.sql.setFields.get({ ...fields, origin })!
  }

  private opened(row: MaskRow): OpenMask {
    const { fame = null, mask = null } = this.sql.pixels.get(row.id) ?? {}
    return {
      window: toWindow(row),
      fame: fame && unpackRuns(fame),
      mask: mask && unpackRuns(mask),
      history: this.historyOf(row),
    }
  }

  private result(row: MaskRow): MaskEditResult {
    return { window: toWindow(row), history: this.historyOf(row) }
  }

  private historyOf({ id, revision }: MaskRow): MaskHistory {
    const undo = this.sql.lastDone.get(id)?.label ?? null
    return { undo, redo: this.sql.firstUndone.get(id)?.label ?? null, revision }
  }

  private insert(window: ClipWindow, author: string): MaskRow {
    this.videoSize(window.videoId)
    return this.sql.insert.get({ ...place(window), author, changedAt: now() })!
  }

  private checkSize({ videoId }: ClipWindow, base: MaskBase): void {
    const { width, height } = this.videoSize(videoId)
    if (width === null || (width === base.width && height === base.height)) return
    throw new WorkbenchError(
      `The mask has ${base.width} x ${base.height} pixels, the video ${width} x ${height}. ` +
        'Index its data set again, then load the clip anew.',
    )
  }

  private videoSize(id: number): { width: number | null; height: number | null } {
    const size = this.sql.videoSize.get(id)
    if (size) return size
    throw new WorkbenchError(`There is no video ${id}. List them to see their numbers.`)
  }

  private commit<T>(work: () => T): T {
    return this.db.transaction(work).immediate()
  }
}

function place({ videoId, start, frames, stride }: ClipWindow): Place {
  return { videoId, start, frames, stride }
}

function changesTo(
  before: { mask: PackedMask; fame: PackedMask } | undefined,
  mask: PackedMask,
  fame: PackedMask,
): Pick<Change, 'change' | 'fameChange'> {
  return {
    change: differenceOf(before?.mask ?? null, mask),
    fameChange: differenceOf(before?.fame ?? null, fame),
  }
}

function definedOf(decision: Partial<MaskDecision>): Partial<MaskDecision> {
  return Object.fromEntries(Object.entries(decision).filter(([, value]) => value !== undefined))
}

function now(): string {
  return new Date().toISOString()
}

function changedElsewhere(): WorkbenchError {
  return new WorkbenchError(
    'This mask was changed elsewhere in the meantime. Load the clip again, then repeat the edit.',
  )
}

function otherSize(before: MaskFields, base: MaskBase): WorkbenchError {
  return new WorkbenchError(
    `The kept mask has ${before.width} x ${before.height} pixels, the new one ${base.width} x ` +
      `${base.height}: the video was replaced. Undo the edits of this clip, then start anew.`,
  )
}

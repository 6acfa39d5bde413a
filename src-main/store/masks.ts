import type { Database } from 'better-sqlite3'
import type {
  ClipWindow,
  MaskBase,
  MaskDecision,
  MaskEdit,
  MaskEditResult,
  MaskStep,
  MaskWindow,
  OpenMask,
} from '#shared/contract/mask-windows.ts'
import { unpackRuns } from '#shared/masks/packed-runs.ts'
import { adoptionOn, decisionOn, NOTHING, strokeOn } from './mask-changes.ts'
import type { Adoption, Before } from './mask-changes.ts'
import { MaskLog, now } from './mask-log.ts'
import { toWindow, type MaskRow, type StoredWindow } from './mask-rows.ts'
import { MaskStatements, type Place } from './mask-statements.ts'
import { returnedRow } from './returned-row.ts'
import { WorkbenchError } from '../base/workbench-error.ts'

/** A window to decide on, and the mask it gets where it has none. */
export interface Decided {
  window: ClipWindow
  base?: MaskBase
}

/** What a window becomes, whatever it was. */
export interface Adopted extends Adoption {
  window: ClipWindow
  /** Who made it; null for who takes it in. */
  author: string | null
}

export interface DecideOptions {
  author: string
  /** Shown by undo: `approve`. */
  label: string
  /** Number of the bulk decision it is part of. */
  batch?: number
}

/**
 * Masks and decisions by window, with everything that was ever done to them. Each call is one commit
 * that is on disk when it returns. An edit is kept as the pixels it turned and the fields before and
 * after, so undoing is doing just that again; a new edit forgets those that were undone.
 */
export class MaskTable {
  private readonly db: Database
  private readonly sql: MaskStatements
  private readonly log: MaskLog

  constructor(db: Database) {
    this.db = db
    this.sql = new MaskStatements(db)
    this.log = new MaskLog(this.sql)
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
      const change = strokeOn(this.before(known), edit)
      if (!change) return this.result(known!)
      const row = known ?? this.insert(window, author)
      return this.result(this.log.push(row, { label, author, ...change }))
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
        if (base) this.checkSize(window, base)
        const known = this.sql.row.get(place(window))
        const decided = decisionOn(this.before(known), change, base)
        if (!decided) return []
        const row = known ?? this.insert(window, options.author)
        return toWindow(this.log.push(row, { ...options, ...decided }))
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
        const author = adopted.author ?? options.author
        if (base) this.checkSize(window, base)
        const known = this.sql.row.get(place(window))
        const change = adoptionOn(this.before(known), adopted)
        if (!change) return []
        const row = known ?? this.insert(window, author)
        return toWindow(this.log.push(row, { ...options, author, ...change }))
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
        if (row) this.log.replay(row, author, 'undo')
      }
    })
  }

  private step(window: ClipWindow, author: string, way: 'undo' | 'redo'): MaskStep | null {
    return this.commit(() => {
      const row = this.sql.row.get(place(window))
      const edit = row && this.log.replay(row, author, way)
      return edit ? { ...this.opened(this.sql.row.get(place(window))!), label: edit.label } : null
    })
  }

  private opened(row: MaskRow): OpenMask {
    const { fame = null, mask = null } = this.sql.pixels.get(row.id) ?? {}
    return {
      window: toWindow(row),
      fame: fame && unpackRuns(fame),
      mask: mask && unpackRuns(mask),
      history: this.log.historyOf(row),
    }
  }

  private result(row: MaskRow): MaskEditResult {
    return { window: toWindow(row), history: this.log.historyOf(row) }
  }

  private before(row: MaskRow | undefined): Before {
    return row ? this.log.before(row) : NOTHING
  }

  private insert(window: ClipWindow, author: string): MaskRow {
    this.videoSize(window.videoId)
    return returnedRow(this.sql.insert, { ...place(window), author, changedAt: now() })
  }

  private checkSize({ videoId }: ClipWindow, base: Omit<MaskBase, 'fame'>): void {
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

function changedElsewhere(): WorkbenchError {
  return new WorkbenchError(
    'This mask was changed elsewhere in the meantime. Load the clip again, then repeat the edit.',
  )
}

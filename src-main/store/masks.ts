import type { Database, Statement } from 'better-sqlite3'
import type {
  ClipWindow,
  MaskBase,
  MaskDecision,
  MaskEdit,
  MaskEditResult,
  MaskState,
  MaskStep,
  MaskWindow,
  OpenMask,
} from '#shared/contract/mask-windows.ts'
import { unpackRuns } from '#shared/masks/packed-runs.ts'
import { adoptionOn, decisionOn, nothingOf, strokeOn } from './mask-changes.ts'
import type { Adoption, Before, MadeMask, PackedMask } from './mask-changes.ts'
import { CARRIES, MASK_COLUMNS, MaskLog, now, toWindow, type MaskRow } from './mask-log.ts'
import { returnedRow } from './returned-row.ts'
import { WorkbenchError } from '../base/workbench-error.ts'

/** A window to decide on, and the mask it gets where it has none. */
export interface Decided {
  window: ClipWindow
  base?: MadeMask
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
  /** Masks by frame as `packFrames` gives them; null where there are none. */
  byFrame: Uint8Array | null
}

/** The four numbers that name a window. */
type Place = Pick<ClipWindow, 'videoId' | 'start' | 'frames' | 'stride'>
type StoredRow = Omit<StoredWindow, 'edited'> & { edited: number }

const AT = 'video_id = :videoId AND start = :start AND frames = :frames AND stride = :stride'

/**
 * Masks and decisions by window, with everything that was ever done to them. Each call is one commit
 * that is on disk when it returns. An edit is kept as the pixels it turned and the fields before and
 * after, so undoing is doing just that again; a new edit forgets those that were undone.
 */
export class MaskTable {
  private readonly db: Database
  private readonly log: MaskLog
  private readonly row: Statement<[Place], MaskRow>
  private readonly rowById: Statement<[number], MaskRow>
  private readonly ofVideo: Statement<[number], MaskRow>
  private readonly stored: Statement<[string], StoredRow>
  private readonly sizeOf: Statement<[number], { width: number | null; height: number | null }>
  private readonly add: Statement<[Place & { author: string; changedAt: string }], MaskRow>

  constructor(db: Database) {
    this.db = db
    this.log = new MaskLog(db)
    this.row = db.prepare(`SELECT ${MASK_COLUMNS} FROM masks WHERE ${AT}`)
    this.rowById = db.prepare(`SELECT ${MASK_COLUMNS} FROM masks WHERE id = ?`)
    this.ofVideo = db.prepare(
      `SELECT ${MASK_COLUMNS} FROM masks WHERE video_id = ? AND ${CARRIES}
       ORDER BY start, frames, stride`,
    )
    this.stored = db.prepare(
      `SELECT video_id AS videoId, start, frames, stride, state, beta, edited,
         changed_at AS changedAt, width, height, mask, by_frame AS byFrame
       FROM masks WHERE video_id IN (SELECT value FROM json_each(?)) AND ${CARRIES}
       ORDER BY video_id, start, frames, stride`,
    )
    this.sizeOf = db.prepare('SELECT width, height FROM videos WHERE id = ?')
    this.add = db.prepare(
      `INSERT INTO masks (video_id, start, frames, stride, author, changed_at)
       VALUES (:videoId, :start, :frames, :stride, :author, :changedAt) RETURNING ${MASK_COLUMNS}`,
    )
  }

  /** What is kept of a window; null where nothing ever was. */
  get(window: ClipWindow): MaskWindow | null {
    const row = this.row.get(place(window))
    return row ? toWindow(row) : null
  }

  /** The windows of a video that carry anything, by their start. */
  list(videoId: number): MaskWindow[] {
    return this.ofVideo.all(videoId).map(toWindow)
  }

  /** A window with its pixels and its history; null where nothing was ever kept. */
  open(window: ClipWindow): OpenMask | null {
    const row = this.row.get(place(window))
    return row ? this.opened(row) : null
  }

  /** The windows of some videos that carry anything, with their packed masks. */
  forTraining(videoIds: readonly number[]): StoredWindow[] {
    const rows = this.stored.all(JSON.stringify(videoIds))
    return rows.map((row) => ({ ...row, edited: row.edited !== 0 }))
  }

  /**
   * One edit of the pixels; the window becomes `corrected`, or `untouched` when it only starts again
   * from a FAME mask. An edit that changes nothing is not kept.
   * @throws WorkbenchError when the window has changed since `edit.revision`, or pixels do not fit
   */
  edit(edit: MaskEdit, author: string): MaskEditResult {
    return this.commit(() => {
      const { window, label, base } = edit
      const known = this.row.get(place(window))
      if ((known?.revision ?? 0) !== edit.revision) throw changedElsewhere()
      if (base) this.checkSize(window, base)
      const change = strokeOn(this.before(known, window), edit)
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
        const known = this.row.get(place(window))
        const decided = decisionOn(this.before(known, window), change, base)
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
        const known = this.row.get(place(window))
        const change = adoptionOn(this.before(known, window), adopted)
        if (!change) return []
        const row = known ?? this.insert(window, author)
        return toWindow(this.log.push(row, { ...options, author, ...change }))
      }),
    )
  }

  /** Undoes the last edit of windows, by their numbers, in one commit. */
  undoThese(ids: readonly number[], author: string): void {
    this.commit(() => {
      for (const id of ids) {
        const row = this.rowById.get(id)
        if (row) this.log.replay(row, author, 'undo')
      }
    })
  }

  private step(window: ClipWindow, author: string, way: 'undo' | 'redo'): MaskStep | null {
    return this.commit(() => {
      const row = this.row.get(place(window))
      const edit = row && this.log.replay(row, author, way)
      return edit ? { ...this.opened(this.row.get(place(window))!), label: edit.label } : null
    })
  }

  private opened(row: MaskRow): OpenMask {
    const { fame, mask, byFrame } = this.log.pixelsOf(row)
    return {
      window: toWindow(row),
      fame: fame && unpackRuns(fame),
      mask: mask && unpackRuns(mask),
      byFrame,
      history: this.log.historyOf(row),
    }
  }

  private result(row: MaskRow): MaskEditResult {
    return { window: toWindow(row), history: this.log.historyOf(row) }
  }

  private before(row: MaskRow | undefined, { frames }: ClipWindow): Before {
    return row ? this.log.before(row) : nothingOf(frames)
  }

  private insert(window: ClipWindow, author: string): MaskRow {
    this.videoSize(window.videoId)
    return returnedRow(this.add, { ...place(window), author, changedAt: now() })
  }

  private checkSize({ videoId }: ClipWindow, base: Omit<MaskBase, 'fame'>): void {
    const { width, height } = this.videoSize(videoId)
    if (width === null || (width === base.width && height === base.height)) return
    throw new WorkbenchError(
      `The mask has ${base.width} x ${base.height} pixels, the video ${width} x ${height}. ` +
        'Index its data set again, then reload the clip.',
    )
  }

  private videoSize(id: number): { width: number | null; height: number | null } {
    const size = this.sizeOf.get(id)
    if (size) return size
    throw new WorkbenchError(`There is no video ${id}. List the videos to see their numbers.`)
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
    'This mask has been changed elsewhere. Reload the clip, then repeat the edit.',
  )
}

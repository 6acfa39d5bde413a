import type { Database, Statement } from 'better-sqlite3'
import type { ClipWindow } from '#shared/contract/mask-windows.ts'
import { CARRIES, MASK_COLUMNS, type MaskRow, type StoredWindow } from './mask-rows.ts'

/** The four numbers that name a window. */
export type Place = Pick<ClipWindow, 'videoId' | 'start' | 'frames' | 'stride'>

/** One step of a window's history. */
export interface EditRow {
  id: number
  label: string
  change: Buffer | null
  fameChange: Buffer | null
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
}

type StoredRow = Omit<StoredWindow, 'edited'> & { edited: number }

const AT = 'video_id = :videoId AND start = :start AND frames = :frames AND stride = :stride'
const EDIT = 'id, label, change, fame_change AS fameChange, before, after'

/** What `MaskTable` says to SQLite. */
export class MaskStatements {
  readonly row: Statement<[Place], MaskRow>
  readonly rowById: Statement<[number], MaskRow>
  readonly ofVideo: Statement<[number], MaskRow>
  readonly stored: Statement<[string], StoredRow>
  readonly pixels: Statement<[number], Pixels>
  readonly videoSize: Statement<[number], { width: number | null; height: number | null }>
  readonly insert: Statement<[Place & { author: string; changedAt: string }], MaskRow>
  readonly setFields: Statement<[object], MaskRow>
  readonly setPixels: Statement<[{ id: number; fame: unknown; mask: unknown }]>
  readonly lastDone: Statement<[number], EditRow>
  readonly firstUndone: Statement<[number], EditRow>
  readonly mark: Statement<[{ id: number; undone: number }]>
  readonly forget: Statement<[number]>
  readonly insertEdit: Statement<[NewEdit]>
  readonly lastBatch: Statement<[], number>
  readonly standingBatch: Statement<[], { batch: number; label: string; windows: number }>
  readonly windowsOfBatch: Statement<[number, number, number], { id: number; latest: number }>
  readonly dissolveBatch: Statement<[number]>

  constructor(db: Database) {
    this.row = db.prepare(`SELECT ${MASK_COLUMNS} FROM masks WHERE ${AT}`)
    this.rowById = db.prepare(`SELECT ${MASK_COLUMNS} FROM masks WHERE id = ?`)
    this.ofVideo = db.prepare(
      `SELECT ${MASK_COLUMNS} FROM masks WHERE video_id = ? AND ${CARRIES}
       ORDER BY start, frames, stride`,
    )
    this.stored = db.prepare(
      `SELECT video_id AS videoId, start, frames, stride, state, beta, edited,
         changed_at AS changedAt, width, height, mask
       FROM masks WHERE video_id IN (SELECT value FROM json_each(?)) AND ${CARRIES}
       ORDER BY video_id, start, frames, stride`,
    )
    this.pixels = db.prepare('SELECT fame, mask FROM masks WHERE id = ?')
    this.videoSize = db.prepare('SELECT width, height FROM videos WHERE id = ?')
    this.insert = db.prepare(
      `INSERT INTO masks (video_id, start, frames, stride, author, changed_at)
       VALUES (:videoId, :start, :frames, :stride, :author, :changedAt) RETURNING ${MASK_COLUMNS}`,
    )
    this.setFields = db.prepare(
      `UPDATE masks SET state = :state, notes = :notes, beta = :beta, edited = :edited,
         origin = :origin, width = :width, height = :height, author = :author,
         changed_at = :changedAt, revision = revision + 1
       WHERE id = :id RETURNING ${MASK_COLUMNS}`,
    )
    this.setPixels = db.prepare('UPDATE masks SET fame = :fame, mask = :mask WHERE id = :id')
    const edits = `SELECT ${EDIT} FROM mask_edits WHERE mask_id = ? AND undone =`
    this.lastDone = db.prepare(`${edits} 0 ORDER BY id DESC LIMIT 1`)
    this.firstUndone = db.prepare(`${edits} 1 ORDER BY id LIMIT 1`)
    this.mark = db.prepare('UPDATE mask_edits SET undone = :undone WHERE id = :id')
    this.forget = db.prepare('DELETE FROM mask_edits WHERE mask_id = ? AND undone = 1')
    this.insertEdit = db.prepare(
      `INSERT INTO mask_edits
         (mask_id, label, change, fame_change, before, after, batch, author, made_at)
       VALUES (:maskId, :label, :change, :fameChange, :before, :after, :batch, :author, :madeAt)`,
    )
    this.lastBatch = db
      .prepare<[], number>(
        'SELECT batch FROM mask_edits WHERE batch IS NOT NULL ORDER BY batch DESC LIMIT 1',
      )
      .pluck()
    this.standingBatch = db.prepare(STANDING_BATCH)
    this.windowsOfBatch = db.prepare(WINDOWS_OF_BATCH)
    this.dissolveBatch = db.prepare('UPDATE mask_edits SET batch = NULL WHERE batch = ?')
  }
}

const STANDING_BATCH = `
  SELECT batch, label, count(*) AS windows FROM mask_edits
  WHERE batch IS NOT NULL AND undone = 0 AND batch =
    (SELECT batch FROM mask_edits WHERE batch IS NOT NULL AND undone = 0
     ORDER BY batch DESC LIMIT 1)
  GROUP BY batch`

const WINDOWS_OF_BATCH = `
  SELECT mask_id AS id, NOT EXISTS
    (SELECT 1 FROM mask_edits AS newer
     WHERE newer.mask_id = edit.mask_id AND newer.undone = 0 AND newer.id > edit.id) AS latest
  FROM mask_edits AS edit
  WHERE batch IS NOT NULL AND batch = ? AND undone = 0 AND mask_id > ?
  ORDER BY mask_id LIMIT ?`

import type { Database, Statement } from 'better-sqlite3'
import {
  maskStateSchema,
  type ClipWindow,
  type CompleteQueueQuery,
  type MaskScore,
  type MaskState,
  type QueueItem,
  type QueueOrder,
  type QueuePage,
} from '#shared/contract/mask-windows.ts'
import { reviewReasons } from '#shared/masks/review.ts'

/** A window with what a survey made of it. */
export interface ScoredWindow extends ClipWindow, MaskScore {}

interface QueueRow extends ClipWindow {
  path: string
  class: string
  state: MaskState
  edited: number
  stability: number | null
  area: number | null
  agreement: number | null
  priority: number | null
}

/**
 * What deserves a look first comes first; windows without the value come last. Each has an index with
 * all that is filtered by, whose own order settles equal values.
 */
const ORDERS: Record<QueueOrder, { index: string; by: string }> = {
  priority: { index: 'mask_queue_by_priority', by: 'priority DESC' },
  path: { index: 'mask_queue_by_path', by: 'path' },
  stability: { index: 'mask_queue_by_stability', by: 'stability NULLS LAST' },
  area: { index: 'mask_queue_by_area', by: 'area DESC' },
  agreement: { index: 'mask_queue_by_agreement', by: 'agreement NULLS LAST' },
  changed: { index: 'mask_queue_by_change', by: 'changed_at DESC' },
}
const COLUMNS = `queue.video_id AS videoId, queue.start, queue.frames, queue.stride, queue.path,
  queue.class, queue.state, queue.edited, queue.stability, queue.area, queue.agreement,
  queue.priority`

/** The windows that a survey scored or somebody opened, by what deserves a look. */
export class MaskQueueTable {
  private readonly db: Database
  private readonly insert: Statement<[ScoredWindow]>
  private readonly deleteOthers: Statement<[ScoredWindow]>
  private readonly selectScored: Statement<[string], ClipWindow>

  constructor(db: Database) {
    this.db = db
    this.insert = db.prepare(INSERT)
    this.deleteOthers = db.prepare(
      `DELETE FROM mask_queue WHERE video_id = :videoId AND changed_at IS NULL
         AND (start, frames, stride) <> (:start, :frames, :stride)`,
    )
    this.selectScored = db.prepare(
      `SELECT video_id AS videoId, start, frames, stride FROM mask_queue
       WHERE video_id IN (SELECT value FROM json_each(?)) AND priority IS NOT NULL`,
    )
  }

  /** Keeps scores in one commit; a video's window of an earlier survey that nobody touched goes. */
  write(scored: readonly ScoredWindow[]): void {
    this.db
      .transaction(() => {
        for (const window of scored) {
          this.deleteOthers.run(window)
          this.insert.run(window)
        }
      })
      .immediate()
  }

  /** The windows of these videos that have a score. */
  scored(videoIds: readonly number[]): ClipWindow[] {
    return this.selectScored.all(JSON.stringify(videoIds))
  }

  /** Videos of which somebody has decided on a clip or corrected one. */
  reviewedVideos(query: CompleteQueueQuery): number {
    return this.db
      .prepare<[object], number>(
        `SELECT count(DISTINCT video_id) FROM mask_queue
         WHERE state <> 'untouched' AND ${condition({ ...query, states: undefined })}`,
      )
      .pluck()
      .get(query)!
  }

  /** One page, how many windows match, and how many of all have each state. */
  page(query: CompleteQueueQuery): Omit<QueuePage, 'videos'> {
    const { offset, limit, order, states: wanted } = query
    const states = this.countStates(query)
    const total = (wanted ?? STATES).reduce((sum, state) => sum + states[state], 0)
    if (offset >= total) return { total, states, items: [] }
    const { index, by } = ORDERS[order]
    const rows = this.db
      .prepare<[object], QueueRow>(
        `SELECT ${COLUMNS} FROM
           (SELECT video_id, start, frames, stride FROM mask_queue INDEXED BY ${index}
            WHERE ${condition(query)} ORDER BY ${by} LIMIT :limit OFFSET :offset) AS page
         CROSS JOIN mask_queue AS queue USING (video_id, start, frames, stride)
         ORDER BY queue.${by}`,
      )
      .all({ ...query, offset, limit })
    return { total, states, items: rows.map(toItem) }
  }

  private countStates(query: CompleteQueueQuery): Record<MaskState, number> {
    const counts = STATES.map(
      (state) => `ifnull(sum(windows) FILTER (WHERE state = '${state}'), 0) AS ${state}`,
    )
    return this.db
      .prepare<[object], Record<MaskState, number>>(
        `SELECT ${counts.join(', ')} FROM mask_counts
         WHERE ${condition({ ...query, states: undefined })}`,
      )
      .get(query)!
  }
}

const STATES: readonly MaskState[] = maskStateSchema.options

const INSERT = `
  INSERT INTO mask_queue (video_id, start, frames, stride, dataset_id, class, split, path,
    stability, area, agreement, priority)
  SELECT id, :start, :frames, :stride, dataset_id, ifnull(class, ''), ifnull(split, ''), path,
    :stability, :area, :agreement, :priority
  FROM videos WHERE id = :videoId
  ON CONFLICT DO UPDATE SET stability = excluded.stability, area = excluded.area,
    agreement = excluded.agreement, priority = excluded.priority`

function condition({ datasetId, class: name, split, states }: Partial<CompleteQueueQuery>): string {
  const parts = ['true']
  if (datasetId !== undefined) parts.push('dataset_id = :datasetId')
  if (name !== undefined) parts.push('class = :class')
  if (split !== undefined) parts.push('split = :split')
  if (states !== undefined) parts.push(`state IN (${states.map((state) => `'${state}'`).join()})`)
  return parts.join(' AND ')
}

function toItem({ class: name, edited, path, state, ...row }: QueueRow): QueueItem {
  const { videoId, start, frames, stride, stability, area, agreement, priority } = row
  const isScored = stability !== null && area !== null && agreement !== null && priority !== null
  const score = isScored ? { stability, area, agreement, priority } : null
  return {
    videoId,
    start,
    frames,
    stride,
    path,
    class: name === '' ? null : name,
    state,
    edited: edited !== 0,
    score,
    reasons: score ? reviewReasons(score) : [],
  }
}

import type { Database, Statement } from 'better-sqlite3'
import type { Video, VideoPage, VideoQuery } from '#shared/contract/videos.ts'
import { WorkbenchError } from './workbench-error.ts'

/** A row to write. `modified` is the file's time of last change, in ms since 1970. */
export type IndexedVideo = Omit<Video, 'id' | 'datasetId'> & { modified: number | null }

/** What of a stored row decides whether its file must be read again. */
export type KnownVideo = Pick<IndexedVideo, 'class' | 'split' | 'size' | 'modified' | 'error'>

export type VideoFilter = Pick<
  VideoQuery,
  'datasetId' | 'class' | 'split' | 'search' | 'damaged'
> & {
  /** Only videos that can be trained on: no error, and frames counted. */
  readable?: boolean
}

const COLUMNS = `id, dataset_id AS datasetId, path, class, split, frames, fps, width, height,
  duration, size, codec, error`
const PAGE = 500

/** The video index. Rows are ordered by data set, then by path. */
export class VideoTable {
  private readonly db: Database
  private readonly selectOne: Statement<[number], Video>
  private readonly selectKnown: Statement<[number, string], KnownVideo>
  private readonly upsert: Statement<[IndexedVideo & { datasetId: number }]>
  private readonly place: Statement<[{ datasetId: number } & Placement]>
  private readonly markLost: Statement<[{ id: number; error: string }]>

  constructor(db: Database) {
    this.db = db
    this.selectOne = db.prepare(`SELECT ${COLUMNS} FROM videos WHERE id = ?`)
    this.selectKnown = db.prepare(
      `SELECT class, split, size, modified, error FROM videos WHERE dataset_id = ? AND path = ?`,
    )
    this.upsert = db.prepare(UPSERT)
    this.place = db.prepare(
      `UPDATE videos SET class = :class, split = :split
       WHERE dataset_id = :datasetId AND path = :path`,
    )
    this.markLost = db.prepare(`UPDATE videos SET error = :error, modified = NULL WHERE id = :id`)
  }

  /** One page of the matching rows, and how many match in all. */
  query(query: VideoQuery): VideoPage {
    const { offset = 0, limit = 100 } = query
    const { where, values } = condition(query)
    const total = this.count(query)
    const items = this.db
      .prepare<[object], Video>(
        `SELECT ${COLUMNS} FROM videos ${where}
         ORDER BY dataset_id, path LIMIT :limit OFFSET :offset`,
      )
      .all({ ...values, limit, offset })
    return { total, items }
  }

  /** How many rows match. */
  count(filter: VideoFilter): number {
    const { where, values } = condition(filter)
    return this.db
      .prepare<[object], number>(`SELECT count(*) FROM videos ${where}`)
      .pluck()
      .get(values)!
  }

  /** @throws WorkbenchError when there is no such video. */
  get(id: number): Video {
    const row = this.selectOne.get(id)
    if (!row) throw new WorkbenchError(`There is no video ${id}. List them to see their numbers.`)
    return row
  }

  /** Every matching row, page after page, so that nobody waits for a long list to be read whole. */
  *pages(filter: VideoFilter = {}): Generator<Video[], void, undefined> {
    const { where, values } = condition(filter)
    const select = this.db.prepare<[object], Video>(
      `SELECT ${COLUMNS} FROM videos ${where} ${where ? 'AND' : 'WHERE'}
         (dataset_id, path) > (:afterDataset, :afterPath)
       ORDER BY dataset_id, path LIMIT ${PAGE}`,
    )
    let last: Pick<Video, 'datasetId' | 'path'> = { datasetId: -1, path: '' }
    for (;;) {
      const page = select.all({ ...values, afterDataset: last.datasetId, afterPath: last.path })
      if (page.length === 0) return
      yield page
      last = page[page.length - 1]
    }
  }

  /** What is stored of a file, if it is. `path` is relative to the data set's folder. */
  known(datasetId: number, path: string): KnownVideo | undefined {
    return this.selectKnown.get(datasetId, path)
  }

  /** Writes rows, new or changed, in one commit. Keep batches to about a hundred. */
  write(datasetId: number, rows: readonly IndexedVideo[]): void {
    this.db.transaction(() => {
      for (const row of rows) this.upsert.run({ ...row, datasetId })
    })()
  }

  /** Moves files that have not changed to another class or split, in one commit. */
  writePlaces(datasetId: number, places: readonly Placement[]): void {
    this.db.transaction(() => {
      for (const place of places) this.place.run({ ...place, datasetId })
    })()
  }

  /** Gives rows an error and forgets when their files changed, so that a file put back is read again. */
  writeLost(ids: readonly number[], error: string): void {
    this.db.transaction(() => {
      for (const id of ids) this.markLost.run({ id, error })
    })()
  }
}

/** Where a file stands in its data set. */
export type Placement = Pick<Video, 'path' | 'class' | 'split'>

const UPSERT = `
  INSERT INTO videos (dataset_id, path, class, split, frames, fps, width, height, duration, size,
    codec, error, modified)
  VALUES (:datasetId, :path, :class, :split, :frames, :fps, :width, :height, :duration, :size,
    :codec, :error, :modified)
  ON CONFLICT (dataset_id, path) DO UPDATE SET
    class = excluded.class, split = excluded.split, frames = excluded.frames, fps = excluded.fps,
    width = excluded.width, height = excluded.height, duration = excluded.duration,
    size = excluded.size, codec = excluded.codec, error = excluded.error,
    modified = excluded.modified`

function condition(filter: VideoFilter): { where: string; values: Record<string, unknown> } {
  const parts: string[] = []
  const values: Record<string, unknown> = {}
  const add = (part: string, name: string, value: unknown): void => {
    if (value === undefined) return
    parts.push(part)
    values[name] = value
  }
  add('dataset_id = :datasetId', 'datasetId', filter.datasetId)
  add('class = :class', 'class', filter.class)
  add('split = :split', 'split', filter.split)
  const search = filter.search ? likePattern(filter.search) : undefined
  add(`path LIKE :search ESCAPE '\\'`, 'search', search)
  if (filter.damaged) parts.push('error IS NOT NULL')
  if (filter.readable) parts.push('error IS NULL AND frames > 0')
  return { where: parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '', values }
}

function likePattern(part: string): string {
  return `%${part.replace(/[\\%_]/g, '\\$&')}%`
}

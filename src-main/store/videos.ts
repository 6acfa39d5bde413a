import type { Database, Statement } from 'better-sqlite3'
import type { Video, VideoPage, VideoQuery } from '#shared/contract/videos.ts'
import { READING } from '../base/reading.ts'
import {
  COLUMNS,
  noDetails,
  toFlag,
  toVideo,
  UPSERT,
  type IndexedVideo,
  type KnownVideo,
  type OutdatedVideo,
  type Placement,
  type Stored,
  type VideoIdentity,
  type VideoRow,
} from './video-rows.ts'
import { condition, countCondition, type VideoFilter } from './video-filter.ts'
import { NotThereError, WorkbenchError } from '../base/workbench-error.ts'

/** Rows that are read at a time. */
const PAGE = 500

/** The video index. Rows are ordered by data set, then by path. */
export class VideoTable {
  private readonly db: Database
  private readonly selectDatasets: Statement<[], number>
  private readonly selectOne: Statement<[number], VideoRow>
  private readonly selectKnown: Statement<[number, string], Stored<KnownVideo>>
  private readonly upsert: Statement<[object]>
  private readonly move: Statement<[{ datasetId: number; path: string; movedFrom: string }]>
  private readonly place: Statement<[{ datasetId: number } & Placement]>
  private readonly deleteSome: Statement<[number, number]>
  private readonly selectIdentity: Statement<[number], VideoIdentity>
  private readonly selectOutdated: Statement<[number, number, number], OutdatedVideo>
  private readonly selectId: Statement<[number, string], number>
  private readonly selectPlaced: Statement<
    [number, string],
    { frames: number; hash: string | null }
  >
  private readonly markVerified: Statement<[{ id: number; frames: number }]>
  private readonly markLost: Statement<[{ id: number; error: string }]>

  constructor(db: Database) {
    this.db = db
    this.selectDatasets = db.prepare<[], number>('SELECT id FROM datasets ORDER BY id').pluck()
    this.selectOne = db.prepare(`SELECT ${COLUMNS} FROM videos WHERE id = ?`)
    this.selectKnown = db.prepare(
      `SELECT id, path, class, split, size, modified, error, error_kind AS errorKind, verified, hash,
         reading
       FROM videos WHERE dataset_id = ? AND path > ? ORDER BY path LIMIT ${PAGE}`,
    )
    this.upsert = db.prepare(UPSERT)
    this.move = db.prepare(
      `UPDATE OR IGNORE videos SET path = :path WHERE dataset_id = :datasetId AND path = :movedFrom`,
    )
    this.place = db.prepare(
      `UPDATE videos SET class = :class, split = :split
       WHERE dataset_id = :datasetId AND path = :path`,
    )
    this.deleteSome = db.prepare(
      `DELETE FROM videos WHERE id IN (SELECT id FROM videos WHERE dataset_id = ? LIMIT ?)`,
    )
    this.selectIdentity = db.prepare(
      'SELECT hash, size, modified, reading FROM videos WHERE id = ?',
    )
    this.selectOutdated = db.prepare(
      `SELECT videos.id, path, size, hash, modified, folder
       FROM videos JOIN datasets ON datasets.id = dataset_id
       WHERE videos.id > ? AND reading < ? AND modified IS NOT NULL ORDER BY videos.id LIMIT ?`,
    )
    this.selectId = db
      .prepare<[number, string], number>('SELECT id FROM videos WHERE dataset_id = ? AND path = ?')
      .pluck()
    this.selectPlaced = db.prepare(
      `SELECT frames, hash FROM videos
       WHERE dataset_id = ? AND path = ? AND error IS NULL AND frames > 0`,
    )
    this.markVerified = db.prepare(
      `UPDATE videos SET verified = 1, frames = :frames
       WHERE id = :id AND error IS NULL AND (verified = 0 OR frames IS NOT :frames)`,
    )
    this.markLost = db.prepare(
      `UPDATE videos SET error = :error, error_kind = 'vanished', modified = NULL WHERE id = :id`,
    )
  }

  /** One page of the matching rows, and how many match in all. */
  query(query: VideoQuery): VideoPage {
    const { offset = 0, limit = 100 } = query
    const { source, values } = condition(query)
    const items = this.db
      .prepare<[object], VideoRow>(
        `SELECT ${COLUMNS} FROM ${source} ORDER BY dataset_id, path LIMIT :limit OFFSET :offset`,
      )
      .all({ ...values, limit, offset })
    return { total: this.count(query), items: items.map(toVideo) }
  }

  /** How many rows match. */
  count(filter: VideoFilter): number {
    const { source, values } = filter.search ? condition(filter) : countCondition(filter)
    const count = filter.search ? 'count(*)' : 'ifnull(sum(videos), 0)'
    return this.db.prepare<[object], number>(`SELECT ${count} FROM ${source}`).pluck().get(values)!
  }

  /** @throws NotThereError when there is no such video. */
  get(id: number): Video {
    const row = this.selectOne.get(id)
    if (!row)
      throw new NotThereError(`There is no video ${id}. List the videos to see their numbers.`)
    return toVideo(row)
  }

  /**
   * What tells whether a video's file is the one that was indexed.
   * @throws WorkbenchError when there is no such video.
   */
  identity(id: number): VideoIdentity {
    const row = this.selectIdentity.get(id)
    if (!row)
      throw new WorkbenchError(`There is no video ${id}. List the videos to see their numbers.`)
    return row
  }

  /** Some of the rows that were made by older rules, by their numbers. */
  outdated(after: number, limit: number): OutdatedVideo[] {
    return this.selectOutdated.all(after, READING, limit)
  }

  /** A video by its place in its data set; null where there is none, or it cannot be trained on. */
  find(datasetId: number, path: string): { frames: number; hash: string | null } | null {
    return this.selectPlaced.get(datasetId, path) ?? null
  }

  /** Number of the video at a place in its data set; null where there is none. */
  idOf(datasetId: number, path: string): number | null {
    return this.selectId.get(datasetId, path) ?? null
  }

  /** Notes that a video was decoded whole, without damage, and how many frames came out. */
  verify(id: number, frames: number): void {
    this.commit(() => this.markVerified.run({ id, frames }))
  }

  /** These rows, in the order of `ids`; those that are gone are left out. */
  these(ids: readonly number[]): Video[] {
    return ids.flatMap((id) => {
      const row = this.selectOne.get(id)
      return row ? toVideo(row) : []
    })
  }

  /** Every matching row, page after page, so that nobody waits for a long list to be read whole. */
  *pages(filter: VideoFilter = {}): Generator<Video[], void, undefined> {
    const datasets = this.selectDatasets.all()
    for (const datasetId of datasets) {
      if (filter.datasetId !== undefined && filter.datasetId !== datasetId) continue
      yield* this.pagesOf({ ...filter, datasetId })
    }
  }

  private *pagesOf(filter: VideoFilter): Generator<Video[], void, undefined> {
    const { source, values } = condition(filter)
    const select = this.db.prepare<[object], VideoRow>(
      `SELECT ${COLUMNS} FROM ${source} AND path > :after ORDER BY path LIMIT ${PAGE}`,
    )
    for (let after = ''; ;) {
      const page = select.all({ ...values, after })
      if (page.length === 0) return
      yield page.map(toVideo)
      after = page[page.length - 1].path
    }
  }

  /** Deletes some rows of a data set in one commit; returns how many. */
  delete(datasetId: number, limit: number): number {
    return this.deleteSome.run(datasetId, limit).changes
  }

  /** What is stored of a data set's files, page after page. */
  *known(datasetId: number): Generator<KnownVideo[], void, undefined> {
    for (let after = ''; ;) {
      const page = this.selectKnown.all(datasetId, after)
      if (page.length === 0) return
      yield page.map((row) => ({ ...row, verified: row.verified !== 0 }))
      after = page[page.length - 1].path
    }
  }

  /** Writes rows, new, changed or moved, in one commit. Keep batches to about a hundred. */
  write(datasetId: number, rows: readonly IndexedVideo[]): void {
    this.commit(() => {
      for (const { movedFrom, verified = false, variableRate, mirrored, ...row } of rows) {
        if (movedFrom !== undefined) this.move.run({ datasetId, path: row.path, movedFrom })
        const flags = {
          verified: Number(verified),
          variableRate: toFlag(variableRate ?? null),
          mirrored: toFlag(mirrored ?? null),
        }
        this.upsert.run({ ...noDetails, ...row, ...flags, datasetId, reading: READING })
      }
    })
  }

  /** Gives two rows each other's path, in one commit. */
  swap(datasetId: number, path: string, other: string): void {
    // No path within a folder begins like that.
    const between = '//'
    this.commit(() => {
      this.move.run({ datasetId, path: between, movedFrom: path })
      this.move.run({ datasetId, path, movedFrom: other })
      this.move.run({ datasetId, path: other, movedFrom: between })
    })
  }

  /** Moves files that have not changed to another class or split, in one commit. */
  writePlaces(datasetId: number, places: readonly Placement[]): void {
    this.commit(() => {
      for (const place of places) this.place.run({ ...place, datasetId })
    })
  }

  /** Gives rows an error and forgets when their files changed, so that a file put back is read again. */
  writeLost(ids: readonly number[], error: string): void {
    this.commit(() => {
      for (const id of ids) this.markLost.run({ id, error })
    })
  }

  /**
   * One commit that does not wait for the disk, which may take long: a killed process loses nothing
   * of it, and what a power cut takes, the next indexing finds again. The next commit of anything
   * else brings it to disk too.
   */
  private commit(work: () => void): void {
    this.db.pragma('synchronous = NORMAL')
    try {
      this.db.transaction(work)()
    } finally {
      this.db.pragma('synchronous = FULL')
    }
  }
}

import type { Database, Statement } from 'better-sqlite3'
import type { Video } from '#shared/contract/videos.ts'
import type { PackedMask } from './mask-changes.ts'
import { CARRIES, MASK_COLUMNS, toWindow, type MaskRow } from './mask-log.ts'

/** A window as it leaves a project. */
export type LeavingWindow = ReturnType<typeof toWindow> & {
  datasetId: number
  path: string
  class: string | null
  /** Frames of the video. */
  length: number | null
  fame: PackedMask
  mask: PackedMask
  /** Masks by frame as `packFrames` gives them. */
  framesPacked: Uint8Array | null
}
type LeavingRow = MaskRow &
  Pick<LeavingWindow, 'datasetId' | 'path' | 'class' | 'length' | 'fame' | 'mask' | 'framesPacked'>

/** What an import must know of a video. */
export type FoundVideo = Pick<
  Video,
  'id' | 'datasetId' | 'path' | 'frames' | 'width' | 'height' | 'rotation' | 'error'
> & {
  /** 0 or 1; null for unknown. */
  mirrored: number | null
}

/** Numbers of windows read at a time. */
const PAGE = 500
const VIDEO = `SELECT id, dataset_id AS datasetId, path, frames, width, height, rotation, mirrored,
  error FROM videos`
const DATASETS = 'dataset_id IN (SELECT id FROM datasets)'

/** What export and import read: all windows one by one, and videos by their paths. */
export class MaskTransferTable {
  private readonly selectIds: Statement<[object], { id: number } & Key>
  private readonly selectOne: Statement<[number], LeavingRow>
  private readonly selectCount: Statement<[], number>
  private readonly selectVideos: Statement<[string], FoundVideo>
  private readonly selectTurned: Statement<[number], string>
  private readonly selectStem: Statement<[{ from: string; to: string }], FoundVideo>

  constructor(db: Database) {
    this.selectIds = db.prepare(
      `SELECT id, video_id AS videoId, start, frames, stride FROM masks
       WHERE (video_id, start, frames, stride) > (:videoId, :start, :frames, :stride)
       ORDER BY video_id, start, frames, stride LIMIT ${PAGE}`,
    )
    this.selectOne = db.prepare(
      `SELECT ${MASK_COLUMNS}, fame, mask, by_frame AS framesPacked, dataset_id AS datasetId, path, class,
         videos.frames AS length
       FROM masks JOIN videos ON videos.id = video_id WHERE masks.id = ? AND ${CARRIES}`,
    )
    this.selectCount = db.prepare<[], number>('SELECT count(*) FROM masks').pluck()
    this.selectVideos = db.prepare(`${VIDEO} WHERE ${DATASETS} AND path = ?`)
    this.selectTurned = db
      .prepare<[number], string>(
        'SELECT path FROM videos WHERE dataset_id = ? AND (rotation <> 0 OR mirrored <> 0)',
      )
      .pluck()
    this.selectStem = db.prepare(
      `${VIDEO} WHERE ${DATASETS} AND path > :from AND path < :to LIMIT 10`,
    )
  }

  /** Windows there are, with those that carry nothing any more. */
  count(): number {
    return this.selectCount.get()!
  }

  /** The numbers of all windows, by video and start, page after page. */
  *ids(): Generator<number[], void, undefined> {
    for (let last: Key = { videoId: -1, start: -1, frames: -1, stride: -1 }; ;) {
      const page = this.selectIds.all(last)
      if (page.length === 0) return
      yield page.map(({ id }) => id)
      last = page[page.length - 1]
    }
  }

  /** A window with its pixels; null where it carries nothing. */
  leaving(id: number): LeavingWindow | null {
    const row = this.selectOne.get(id)
    if (!row) return null
    const { datasetId, path, class: name, length, fame, mask, framesPacked } = row
    const pixels = { fame, mask, framesPacked }
    return { ...toWindow(row), datasetId, path, class: name, length, ...pixels }
  }

  /** The videos of that path, one a data set. */
  videosAt(path: string): FoundVideo[] {
    return this.selectVideos.all(path)
  }

  /** Paths of a data set's videos that are not stored as they are shown. */
  turnedPaths(datasetId: number): Set<string> {
    return new Set(this.selectTurned.all(datasetId))
  }

  /** The videos that have that path but for their ending. */
  videosNamed(stem: string): FoundVideo[] {
    // `/` follows `.`: everything between begins with the stem and a dot.
    return this.selectStem
      .all({ from: `${stem}.`, to: `${stem}/` })
      .filter(({ path }) => !path.slice(stem.length + 1).includes('/'))
  }
}

interface Key {
  videoId: number
  start: number
  frames: number
  stride: number
}

import type { Database, Statement } from 'better-sqlite3'
import { FRAME_RATE, type DatasetFormat } from '#shared/contract/indexing.ts'
import type { Dataset } from '#shared/contract/videos.ts'
import { returnedRow } from './returned-row.ts'
import { WorkbenchError } from '../base/workbench-error.ts'

interface DatasetRow {
  id: number
  name: string
  format: DatasetFormat
  folder: string
  annotations: string | null
  splitList: number
  videos: number
  damaged: number
}

/** What indexing knows of a data set. `folder` and `annotations` are absolute. */
export type IndexedDataset = Pick<Dataset, 'name' | 'format' | 'folder'> &
  Partial<Pick<Dataset, 'annotations' | 'splitList'>> & {
    /** Frames a second of folders of frames; null, or left out: as before. */
    frameRate?: number | null
  }

const SELECT = `
  SELECT id, name, format, folder, annotations, split_list AS splitList,
    (SELECT ifnull(sum(videos), 0) FROM video_counts WHERE dataset_id = datasets.id) AS videos,
    (SELECT ifnull(sum(videos), 0) FROM video_counts
     WHERE dataset_id = datasets.id AND damaged) AS damaged
  FROM datasets`

const CLASSES = `
  SELECT class FROM video_counts WHERE dataset_id = ? AND class <> ''
  GROUP BY class HAVING sum(videos) > 0 ORDER BY class`

/** The indexed data sets, one a folder. */
export class DatasetTable {
  private readonly db: Database
  private readonly selectAll: Statement<[], DatasetRow>
  private readonly selectOne: Statement<[number], DatasetRow>
  private readonly selectClasses: Statement<[number], string>
  private readonly selectRate: Statement<[string], number | null>
  private readonly upsert: Statement<[Required<IndexedDataset>], number>

  constructor(db: Database) {
    this.db = db
    this.selectAll = db.prepare(`${SELECT} ORDER BY id`)
    this.selectOne = db.prepare(`${SELECT} WHERE id = ?`)
    this.selectClasses = db.prepare<[number], string>(CLASSES).pluck()
    this.selectRate = db
      .prepare<[string], number | null>('SELECT frame_rate FROM datasets WHERE folder = ?')
      .pluck()
    this.upsert = db
      .prepare<[Required<IndexedDataset>], number>(
        `INSERT INTO datasets (name, format, folder, annotations, split_list, frame_rate)
         VALUES (:name, :format, :folder, :annotations, :splitList, :frameRate)
         ON CONFLICT (folder) DO UPDATE SET name = excluded.name, format = excluded.format,
           annotations = excluded.annotations, split_list = excluded.split_list,
           frame_rate = ifnull(excluded.frame_rate, frame_rate)
         RETURNING id`,
      )
      .pluck()
  }

  list(): Dataset[] {
    return this.selectAll.all().map((row) => this.complete(row))
  }

  /** @throws WorkbenchError when there is no such data set. */
  get(id: number): Dataset {
    const row = this.selectOne.get(id)
    if (!row) throw new WorkbenchError(`There is no data set ${id}. Known: ${this.known()}.`)
    return this.complete(row)
  }

  /** The data set of that id, or without one the one indexed last. @throws WorkbenchError when there is none. */
  choose(id?: number): Dataset {
    if (id !== undefined) return this.get(id)
    const row = this.selectAll.all().at(-1)
    if (!row) throw new WorkbenchError('No data set is indexed. Index one first.')
    return this.complete(row)
  }

  /** Frames a second of the folders of frames in a data set's folder, indexed or not. */
  frameRate(folder: string): number {
    return this.selectRate.get(folder) ?? FRAME_RATE
  }

  /** Takes a folder in, or finds it again; returns the data set's id. */
  ensure(dataset: IndexedDataset): number {
    return returnedRow(this.upsert, {
      annotations: null,
      splitList: 1,
      frameRate: null,
      ...dataset,
    })
  }

  /**
   * Follows a data set to another folder, which is absolute and no other data set's. Lists within
   * the old folder have moved along.
   */
  move(id: number, folder: string): void {
    const { folder: old, annotations } = this.get(id)
    const inside = annotations === old || annotations?.startsWith(`${old}/`)
    const moved = inside ? folder + annotations!.slice(old.length) : annotations
    this.db
      .prepare('UPDATE datasets SET folder = ?, annotations = ? WHERE id = ?')
      .run(folder, moved, id)
  }

  /** Forgets a data set that has no videos any more, and no run or evaluation. */
  delete(id: number): void {
    this.db.prepare('DELETE FROM datasets WHERE id = ?').run(id)
  }

  private complete(row: DatasetRow): Dataset {
    return { ...row, classes: this.selectClasses.all(row.id) }
  }

  private known(): string {
    const rows = this.selectAll.all().map((row) => `${row.id} (${row.name})`)
    return rows.length > 0 ? rows.join(', ') : 'none; index one first'
  }
}

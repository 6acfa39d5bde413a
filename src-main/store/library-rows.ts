import type { Database, Statement } from 'better-sqlite3'
import type { Split } from '#shared/contract/videos.ts'

/**
 * What a library filters and sorts by. `tags` are ids in rising order, as `3,7`; `masks` has 1 for a
 * corrected mask, 2 for an approved one and 4 for a rejected one, added up.
 */
export interface LibraryRow {
  id: number
  datasetId: number
  class: string | null
  split: Split | null
  frames: number | null
  size: number | null
  modified: number | null
  error: string | null
  tags: string | null
  masks: number | null
}

/** Where a walk by data set and path stands. */
export interface PathPosition {
  id: number
  datasetId: number
  path: string
}

const COLUMNS = `id, dataset_id AS datasetId, class, split, frames, size, modified, error,
  (SELECT group_concat(tag_id) FROM (SELECT tag_id FROM video_tags
   WHERE video_id = videos.id ORDER BY tag_id)) AS tags,
  (SELECT max(state = 'corrected')
     + 2 * max(state = 'approved') + 4 * max(state = 'rejected')
   FROM mask_queue WHERE video_id = videos.id) AS masks`

/**
 * The videos as a library reads them, piece by piece, and which of them have changed. Only changes
 * through this connection are seen: a project has one writer.
 */
export class LibraryRows {
  private readonly selectAfter: Statement<[number, number], LibraryRow>
  private readonly selectThese: Statement<[string], LibraryRow>
  private readonly selectOrder: Statement<[PathPosition & { limit: number }], PathPosition>
  private readonly selectDatasets: Statement<[], number>
  private readonly selectMatches: Statement<[string, number, number], number>
  private changed = new Set<number>()
  private marked = new Set<number>()

  constructor(db: Database) {
    this.selectAfter = db.prepare(`SELECT ${COLUMNS} FROM videos WHERE id > ? ORDER BY id LIMIT ?`)
    this.selectThese = db.prepare(
      `SELECT ${COLUMNS} FROM videos WHERE id IN (SELECT value FROM json_each(?))`,
    )
    this.selectOrder = db.prepare(
      `SELECT id, dataset_id AS datasetId, path FROM videos
       WHERE dataset_id = :datasetId AND path > :path ORDER BY path LIMIT :limit`,
    )
    this.selectDatasets = db.prepare<[], number>('SELECT id FROM datasets ORDER BY id').pluck()
    this.selectMatches = db
      .prepare<[string, number, number], number>(
        'SELECT rowid FROM video_text WHERE video_text MATCH ? AND rowid > ? ORDER BY rowid LIMIT ?',
      )
      .pluck()
    this.watch(db)
  }

  /** Rows in the order of their ids. */
  after(id: number, limit: number): LibraryRow[] {
    return this.selectAfter.all(id, limit)
  }

  /** These rows, without those that are gone, in any order. */
  these(ids: readonly number[]): LibraryRow[] {
    return this.selectThese.all(JSON.stringify(ids))
  }

  /** Ids of the data sets, in the order that videos are listed in. */
  datasets(): number[] {
    return this.selectDatasets.all()
  }

  /** A data set's videos by path. */
  byPath(datasetId: number, path: string, limit: number): PathPosition[] {
    return this.selectOrder.all({ id: 0, datasetId, path, limit })
  }

  /** Ids above `after` of videos with a word in path or class that begins with `term`. */
  matching(term: string, after: number, limit: number): number[] {
    return this.selectMatches.all(`"${term}"*`, after, limit)
  }

  /**
   * Ids of the videos that changed, and of those of which tags or masks alone did, since this was last
   * asked.
   */
  takeChanges(): { changed: Set<number>; marked: Set<number> } {
    const { changed, marked } = this
    this.changed = new Set()
    this.marked = new Set()
    return { changed, marked }
  }

  private watch(db: Database): void {
    db.function('note_video', (id: number) => void this.changed.add(id))
    db.function('note_mark', (id: number) => void this.marked.add(id))
    const note = (name: string, event: string, table: string, call: string): string =>
      `CREATE TEMP TRIGGER ${name} AFTER ${event} ON main.${table} BEGIN SELECT ${call}; END;`
    db.exec(
      note('note_new', 'INSERT', 'videos', 'note_video(new.id)') +
        note('note_changed', 'UPDATE', 'videos', 'note_video(new.id)') +
        note('note_lost', 'DELETE', 'videos', 'note_video(old.id)') +
        note('note_tagged', 'INSERT', 'video_tags', 'note_mark(new.video_id)') +
        note('note_untagged', 'DELETE', 'video_tags', 'note_mark(old.video_id)') +
        // A survey writes a hundred thousand windows that nobody has touched.
        note(
          'note_masked',
          'INSERT',
          'mask_queue',
          `note_mark(new.video_id) WHERE ${touched('new')}`,
        ) +
        note('note_remasked', 'UPDATE OF state, edited', 'mask_queue', 'note_mark(new.video_id)') +
        note(
          'note_unmasked',
          'DELETE',
          'mask_queue',
          `note_mark(old.video_id) WHERE ${touched('old')}`,
        ),
    )
  }
}

function touched(row: 'new' | 'old'): string {
  return `${row}.state <> 'untouched'`
}

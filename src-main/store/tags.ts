import type { Database, Statement } from 'better-sqlite3'
import type { TagHistory } from '#shared/contract/library.ts'
import { returnedRow } from './returned-row.ts'

export interface Tag {
  id: number
  name: string
}

interface Edit {
  id: number
  label: string
}

export type Direction = 'undo' | 'redo'

/** Edits that can be undone; older ones are forgotten. */
const KEPT = 200

/**
 * Tags of videos and the edits that gave and took them. An edit is written piece by piece, each in
 * one commit with what it changed, so one that was cut off is undone as exactly as a whole one.
 */
export class TagTable {
  private readonly db: Database
  private readonly selectAll: Statement<[], Tag>
  private readonly selectByWord: Statement<[string], number>
  private readonly ensureTag: Statement<[string], number>
  private readonly noteAdded: Statement<[{ edit: number; tag: number; ids: string }]>
  private readonly noteRemoved: Statement<[{ edit: number; tag: number; ids: string }]>
  private readonly give: Statement<[{ edit: number; added: number; ids: string }]>
  private readonly take: Statement<[{ edit: number; added: number; ids: string }]>
  private readonly insertEdit: Statement<[string], number>
  private readonly selectDone: Statement<[], Edit>
  private readonly selectUndone: Statement<[], Edit>
  private readonly selectVideos: Statement<[number], number>

  constructor(db: Database) {
    this.db = db
    this.selectAll = db.prepare('SELECT id, name FROM tags ORDER BY name')
    this.selectByWord = db
      .prepare<[string], number>('SELECT rowid FROM tag_text WHERE tag_text MATCH ?')
      .pluck()
    this.ensureTag = db
      .prepare<[string], number>(
        `INSERT INTO tags (name) VALUES (?) ON CONFLICT DO UPDATE SET name = name RETURNING id`,
      )
      .pluck()
    this.noteAdded = db.prepare(`${NOTE} 1 ${OF_VIDEOS} WHERE ${HAS_TAG} IS NULL`)
    this.noteRemoved = db.prepare(`${NOTE} 0 ${OF_VIDEOS} WHERE ${HAS_TAG} IS NOT NULL`)
    this.give = db.prepare(
      `INSERT OR IGNORE INTO video_tags SELECT video_id, tag_id ${OF_CHANGES} AND added = :added`,
    )
    this.take = db.prepare(
      `DELETE FROM video_tags WHERE (video_id, tag_id) IN
         (SELECT video_id, tag_id ${OF_CHANGES} AND added = :added)`,
    )
    this.insertEdit = db
      .prepare<[string], number>('INSERT INTO tag_edits (label) VALUES (?) RETURNING id')
      .pluck()
    const select = 'SELECT id, label FROM tag_edits WHERE state ='
    this.selectDone = db.prepare(`${select} 'done' ORDER BY id DESC LIMIT 1`)
    this.selectUndone = db.prepare(`${select} 'undone' ORDER BY id LIMIT 1`)
    this.selectVideos = db
      .prepare<[number], number>('SELECT DISTINCT video_id FROM tag_changes WHERE edit_id = ?')
      .pluck()
  }

  /** Every tag there ever was, by name. */
  list(): Tag[] {
    return this.selectAll.all()
  }

  /** Ids of the tags with a word that begins with `term`, which holds letters and digits alone. */
  matching(term: string): number[] {
    return this.selectByWord.all(`"${term}"*`)
  }

  /** Ids of the videos of a data set that have a tag of this name. */
  videosWith(datasetId: number, name: string): ReadonlySet<number> {
    const ids = this.db
      .prepare<[string, number], number>(
        `SELECT video_id FROM video_tags JOIN tags ON tags.id = tag_id
         JOIN videos ON videos.id = video_id WHERE tags.name = ? AND dataset_id = ?`,
      )
      .pluck()
      .all(name, datasetId)
    return new Set(ids)
  }

  /** The ids of these tags, made where they are new. */
  ensure(names: readonly string[]): number[] {
    return names.map((name) => returnedRow(this.ensureTag, name))
  }

  /** Starts an edit: from now on, those undone before cannot be redone. Returns its id. */
  begin(label: string): number {
    return this.db.transaction(() => {
      const id = returnedRow(this.insertEdit, label)
      this.db
        .prepare("UPDATE tag_edits SET state = 'forgotten' WHERE state = 'undone' OR id <= ?")
        .run(id - KEPT)
      return id
    })()
  }

  /** Deletes some of what forgotten edits changed, in one commit; returns how many rows. */
  sweep(limit: number): number {
    const { changes } = this.db
      .prepare(
        `DELETE FROM tag_changes WHERE (edit_id, video_id, tag_id) IN
           (SELECT edit_id, video_id, tag_id FROM tag_edits JOIN tag_changes ON edit_id = id
            WHERE state = 'forgotten' LIMIT ?)`,
      )
      .run(limit)
    if (changes === 0) this.db.prepare("DELETE FROM tag_edits WHERE state = 'forgotten'").run()
    return changes
  }

  /** Gives and takes tags of some videos in one commit. */
  write(edit: number, videos: readonly number[], add: number[], remove: number[]): void {
    const ids = JSON.stringify(videos)
    this.db.transaction(() => {
      for (const tag of add) this.noteAdded.run({ edit, tag, ids })
      for (const tag of remove) this.noteRemoved.run({ edit, tag, ids })
      this.give.run({ edit, added: 1, ids })
      this.take.run({ edit, added: 0, ids })
    })()
  }

  /** Ends an edit; one that changed nothing is forgotten. Returns how many videos it changed. */
  end(edit: number): number {
    const videos = this.videosOf(edit).length
    if (videos === 0) this.db.prepare('DELETE FROM tag_edits WHERE id = ?').run(edit)
    return videos
  }

  /** The edit that undoing, or redoing, takes next. */
  next(direction: Direction): Edit | null {
    return (direction === 'undo' ? this.selectDone : this.selectUndone).get() ?? null
  }

  /** Ids of the videos that an edit changed. */
  videosOf(edit: number): number[] {
    return this.selectVideos.all(edit)
  }

  /** Does the opposite of an edit, or does it again, for some of its videos in one commit. */
  replay(edit: number, direction: Direction, videos: readonly number[]): void {
    const ids = JSON.stringify(videos)
    const added = direction === 'undo' ? 0 : 1
    this.db.transaction(() => {
      this.give.run({ edit, added, ids })
      this.take.run({ edit, added: 1 - added, ids })
    })()
  }

  /** Marks an edit as undone, or as done again. */
  settle(edit: number, direction: Direction): void {
    const state = direction === 'undo' ? 'undone' : 'done'
    this.db.prepare('UPDATE tag_edits SET state = ? WHERE id = ?').run(state, edit)
  }

  history(): TagHistory {
    return { undo: this.next('undo')?.label ?? null, redo: this.next('redo')?.label ?? null }
  }
}

const NOTE = 'INSERT INTO tag_changes SELECT :edit, videos.id, :tag,'
const OF_VIDEOS = 'FROM json_each(:ids) AS wanted JOIN videos ON videos.id = wanted.value'
const HAS_TAG = '(SELECT tag_id FROM video_tags WHERE video_id = videos.id AND tag_id = :tag)'
const OF_CHANGES =
  'FROM tag_changes WHERE edit_id = :edit AND video_id IN (SELECT value FROM json_each(:ids))'

import type { Database } from 'better-sqlite3'
import { WorkbenchError } from './workbench-error.ts'

/** 'FAME' in ASCII: marks a SQLite file as a workbench's (PRAGMA application_id). */
const APPLICATION_ID = 0x46414d45

/** Step k takes a database from schema version k to k + 1. Steps are never edited, only added. */
const migrations: readonly string[] = [
  `
  CREATE TABLE datasets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    format TEXT NOT NULL,
    folder TEXT NOT NULL UNIQUE
  ) STRICT;

  CREATE TABLE videos (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    class TEXT,
    split TEXT CHECK (split IN ('train', 'test', 'val')),
    frames INTEGER,
    fps REAL,
    width INTEGER,
    height INTEGER,
    duration REAL,
    size INTEGER,
    codec TEXT,
    error TEXT,
    modified REAL,
    UNIQUE (dataset_id, path)
  ) STRICT;
  CREATE INDEX videos_by_class ON videos (dataset_id, class, path);
  CREATE INDEX videos_by_split ON videos (dataset_id, split, path);
  CREATE INDEX damaged_videos ON videos (dataset_id) WHERE error IS NOT NULL;

  CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    config TEXT NOT NULL,
    dataset_id INTEGER NOT NULL REFERENCES datasets (id),
    step INTEGER NOT NULL DEFAULT 0,
    total_steps INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    started_at TEXT,
    finished_at TEXT,
    device TEXT,
    error TEXT
  ) STRICT;
  CREATE INDEX runs_by_status ON runs (status);

  CREATE TABLE run_metrics (
    seq INTEGER PRIMARY KEY,
    owner_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    name TEXT NOT NULL,
    value REAL NOT NULL,
    UNIQUE (owner_id, step, name)
  ) STRICT;
  CREATE INDEX run_metrics_in_order ON run_metrics (owner_id, seq);

  CREATE TABLE evaluations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER REFERENCES runs (id) ON DELETE CASCADE,
    run_name TEXT NOT NULL,
    dataset_id INTEGER NOT NULL REFERENCES datasets (id),
    protocol TEXT NOT NULL,
    config TEXT NOT NULL,
    clips INTEGER NOT NULL,
    status TEXT NOT NULL,
    result TEXT,
    created_at TEXT NOT NULL,
    finished_at TEXT,
    error TEXT
  ) STRICT;
  CREATE INDEX evaluations_by_status ON evaluations (status);

  CREATE TABLE evaluation_metrics (
    seq INTEGER PRIMARY KEY,
    owner_id INTEGER NOT NULL REFERENCES evaluations (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    name TEXT NOT NULL,
    value REAL NOT NULL,
    UNIQUE (owner_id, step, name)
  ) STRICT;
  CREATE INDEX evaluation_metrics_in_order ON evaluation_metrics (owner_id, seq);
  `,
  `
  -- Counts by what the library filters by: a list of hundreds of thousands is never walked to be
  -- counted. No class and no split are '' here, since NULLs would not meet in the key.
  CREATE TABLE video_counts (
    dataset_id INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    class TEXT NOT NULL,
    split TEXT NOT NULL,
    damaged INTEGER NOT NULL,
    readable INTEGER NOT NULL,
    videos INTEGER NOT NULL,
    PRIMARY KEY (dataset_id, class, split, damaged, readable)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO video_counts
    SELECT dataset_id, ifnull(class, ''), ifnull(split, ''), error IS NOT NULL,
      error IS NULL AND ifnull(frames, 0) > 0, count(*)
    FROM videos GROUP BY 1, 2, 3, 4, 5;

  CREATE TRIGGER count_new_video AFTER INSERT ON videos BEGIN
    INSERT INTO video_counts VALUES (new.dataset_id, ifnull(new.class, ''), ifnull(new.split, ''),
      new.error IS NOT NULL, new.error IS NULL AND ifnull(new.frames, 0) > 0, 1)
      ON CONFLICT DO UPDATE SET videos = videos + 1;
  END;
  CREATE TRIGGER count_lost_video AFTER DELETE ON videos BEGIN
    UPDATE video_counts SET videos = videos - 1
      WHERE dataset_id = old.dataset_id AND class = ifnull(old.class, '')
        AND split = ifnull(old.split, '') AND damaged = (old.error IS NOT NULL)
        AND readable = (old.error IS NULL AND ifnull(old.frames, 0) > 0);
  END;
  CREATE TRIGGER count_changed_video AFTER UPDATE OF class, split, frames, error ON videos BEGIN
    UPDATE video_counts SET videos = videos - 1
      WHERE dataset_id = old.dataset_id AND class = ifnull(old.class, '')
        AND split = ifnull(old.split, '') AND damaged = (old.error IS NOT NULL)
        AND readable = (old.error IS NULL AND ifnull(old.frames, 0) > 0);
    INSERT INTO video_counts VALUES (new.dataset_id, ifnull(new.class, ''), ifnull(new.split, ''),
      new.error IS NOT NULL, new.error IS NULL AND ifnull(new.frames, 0) > 0, 1)
      ON CONFLICT DO UPDATE SET videos = videos + 1;
  END;

  DROP INDEX damaged_videos;
  CREATE INDEX damaged_videos ON videos (dataset_id, path) WHERE error IS NOT NULL;
  `,
  `
  -- What a probe tells beside the first columns. A row without a hash is of before: its file is
  -- read again by the next indexing.
  ALTER TABLE videos ADD COLUMN header_frames INTEGER;
  ALTER TABLE videos ADD COLUMN pixel_format TEXT;
  ALTER TABLE videos ADD COLUMN rotation INTEGER;
  ALTER TABLE videos ADD COLUMN variable_rate INTEGER;
  ALTER TABLE videos ADD COLUMN verified INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE videos ADD COLUMN error_kind TEXT;
  ALTER TABLE videos ADD COLUMN hash TEXT;
  CREATE INDEX videos_by_hash ON videos (dataset_id, hash) WHERE hash IS NOT NULL;
  `,
  `
  -- Words alone, without positions: searches are by the beginnings of words, wherever they stand.
  CREATE VIRTUAL TABLE video_text USING fts5(
    words, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3 4',
    tokenize = 'unicode61 remove_diacritics 2'
  );
  INSERT INTO video_text (rowid, words) SELECT id, search_words(path, class) FROM videos;
  CREATE TRIGGER find_new_video AFTER INSERT ON videos BEGIN
    INSERT INTO video_text (rowid, words) VALUES (new.id, search_words(new.path, new.class));
  END;
  CREATE TRIGGER find_no_lost_video AFTER DELETE ON videos BEGIN
    DELETE FROM video_text WHERE rowid = old.id;
  END;
  CREATE TRIGGER find_changed_video AFTER UPDATE OF path, class ON videos
    WHEN old.path <> new.path OR old.class IS NOT new.class
  BEGIN
    DELETE FROM video_text WHERE rowid = old.id;
    INSERT INTO video_text (rowid, words) VALUES (new.id, search_words(new.path, new.class));
  END;

  CREATE TABLE tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE
  ) STRICT;
  CREATE VIRTUAL TABLE tag_text USING fts5(
    name, content = 'tags', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
  );
  CREATE TRIGGER find_new_tag AFTER INSERT ON tags BEGIN
    INSERT INTO tag_text (rowid, name) VALUES (new.id, new.name);
  END;
  CREATE TABLE video_tags (
    video_id INTEGER NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id),
    PRIMARY KEY (video_id, tag_id)
  ) STRICT, WITHOUT ROWID;

  -- What each edit of tags changed, pair by pair: undoing is doing the opposite of just that.
  CREATE TABLE tag_edits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    label TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'done' CHECK (state IN ('done', 'undone', 'forgotten'))
  ) STRICT;
  CREATE TABLE tag_changes (
    edit_id INTEGER NOT NULL REFERENCES tag_edits (id) ON DELETE CASCADE,
    video_id INTEGER NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id),
    added INTEGER NOT NULL,
    PRIMARY KEY (edit_id, video_id, tag_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tag_changes_by_video ON tag_changes (video_id);

  CREATE TABLE saved_filters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    filter TEXT NOT NULL
  ) STRICT;
  `,
  `
  ALTER TABLE datasets ADD COLUMN annotations TEXT;
  ALTER TABLE datasets ADD COLUMN split_list INTEGER NOT NULL DEFAULT 1;
  `,
  `
  -- Masks by window: one clip of a video. Pixels are packed run lengths at the video's size.
  CREATE TABLE masks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    video_id INTEGER NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    frames INTEGER NOT NULL,
    stride INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'untouched'
      CHECK (state IN ('untouched', 'corrected', 'approved', 'rejected')),
    notes TEXT NOT NULL DEFAULT '',
    beta REAL,
    author TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    origin TEXT,
    width INTEGER,
    height INTEGER,
    fame BLOB,
    mask BLOB,
    edited INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL DEFAULT 0,
    UNIQUE (video_id, start, frames, stride)
  ) STRICT;
  CREATE INDEX masks_by_state ON masks (state, video_id);

  -- What each edit changed: undoing is XOR with the same pixels and the fields as they were before.
  CREATE TABLE mask_edits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    mask_id INTEGER NOT NULL REFERENCES masks (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    change BLOB,
    fame_change BLOB,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    batch INTEGER,
    author TEXT NOT NULL,
    made_at TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX mask_edits_of_mask ON mask_edits (mask_id, undone, id);
  CREATE INDEX mask_edits_of_batch ON mask_edits (batch) WHERE batch IS NOT NULL;

  CREATE TABLE mask_scores (
    video_id INTEGER NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    frames INTEGER NOT NULL,
    stride INTEGER NOT NULL,
    stability REAL NOT NULL,
    area REAL NOT NULL,
    agreement REAL NOT NULL,
    priority REAL NOT NULL,
    PRIMARY KEY (video_id, start, frames, stride)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX mask_scores_by_priority ON mask_scores (priority);

  -- Dataset 0 with class '' is the project.
  CREATE TABLE mask_betas (
    dataset_id INTEGER NOT NULL,
    class TEXT NOT NULL,
    beta REAL NOT NULL,
    PRIMARY KEY (dataset_id, class)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE runs ADD COLUMN corrections TEXT;
  ALTER TABLE runs ADD COLUMN mask_use TEXT;
  `,
  `
  -- The review queue as one flat table, so that a page of it is one walk: scores of a survey beside
  -- the state of the window, kept by triggers. No class and no split are '' here.
  DROP TABLE mask_scores;
  CREATE TABLE mask_queue (
    video_id INTEGER NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    frames INTEGER NOT NULL,
    stride INTEGER NOT NULL,
    dataset_id INTEGER NOT NULL,
    class TEXT NOT NULL,
    split TEXT NOT NULL,
    path TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'untouched',
    edited INTEGER NOT NULL DEFAULT 0,
    changed_at TEXT,
    stability REAL,
    area REAL,
    agreement REAL,
    priority REAL,
    PRIMARY KEY (video_id, start, frames, stride)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO mask_queue (video_id, start, frames, stride, dataset_id, class, split, path, state,
      edited, changed_at)
    SELECT videos.id, start, masks.frames, stride, dataset_id, ifnull(class, ''),
      ifnull(split, ''), path, state, edited, changed_at
    FROM masks JOIN videos ON videos.id = video_id;
  CREATE INDEX mask_queue_by_priority
    ON mask_queue (priority, state, dataset_id, class, split);
  CREATE INDEX mask_queue_by_path ON mask_queue (path, state, dataset_id, class, split);
  CREATE INDEX mask_queue_counts ON mask_queue (dataset_id, class, split, state);

  CREATE TRIGGER queue_new_mask AFTER INSERT ON masks BEGIN
    INSERT INTO mask_queue (video_id, start, frames, stride, dataset_id, class, split, path, state,
        edited, changed_at)
      SELECT id, new.start, new.frames, new.stride, dataset_id, ifnull(class, ''),
        ifnull(split, ''), path, new.state, new.edited, new.changed_at
      FROM videos WHERE id = new.video_id
      ON CONFLICT DO UPDATE SET state = excluded.state, edited = excluded.edited,
        changed_at = excluded.changed_at;
  END;
  -- A window on which everything was undone stays only where it has a score.
  CREATE TRIGGER queue_changed_mask AFTER UPDATE OF state, edited, changed_at ON masks BEGIN
    DELETE FROM mask_queue
      WHERE video_id = new.video_id AND start = new.start AND frames = new.frames
        AND stride = new.stride AND priority IS NULL AND new.state = 'untouched'
        AND new.mask IS NULL AND new.beta IS NULL AND new.notes = '';
    INSERT INTO mask_queue (video_id, start, frames, stride, dataset_id, class, split, path, state,
        edited, changed_at)
      SELECT id, new.start, new.frames, new.stride, dataset_id, ifnull(class, ''),
        ifnull(split, ''), path, new.state, new.edited, new.changed_at
      FROM videos WHERE id = new.video_id AND NOT (new.state = 'untouched'
        AND new.mask IS NULL AND new.beta IS NULL AND new.notes = '' AND NOT EXISTS
          (SELECT 1 FROM mask_queue WHERE video_id = new.video_id AND start = new.start
            AND frames = new.frames AND stride = new.stride))
      ON CONFLICT DO UPDATE SET state = excluded.state, edited = excluded.edited,
        changed_at = excluded.changed_at;
  END;
  CREATE TRIGGER queue_moved_video AFTER UPDATE OF path, class, split ON videos
    WHEN old.path <> new.path OR old.class IS NOT new.class OR old.split IS NOT new.split
  BEGIN
    UPDATE mask_queue SET path = new.path, class = ifnull(new.class, ''),
      split = ifnull(new.split, '') WHERE video_id = new.id;
  END;

  -- Which windows a bulk decision stands on.
  DROP INDEX mask_edits_of_batch;
  CREATE INDEX mask_edits_of_batch ON mask_edits (batch, undone, mask_id)
    WHERE batch IS NOT NULL;

  CREATE TRIGGER forget_betas AFTER DELETE ON datasets BEGIN
    DELETE FROM mask_betas WHERE dataset_id = old.id;
  END;
  `,
]

/** The schema version this program writes (PRAGMA user_version). */
export const SCHEMA_VERSION = migrations.length

/**
 * Refuses a database that this program must not touch.
 * @throws WorkbenchError when the file is another program's or a newer workbench's.
 */
export function checkSchema(db: Database, file: string): void {
  const application = readNumber(db, 'application_id')
  const version = schemaVersion(db)
  const tables = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()
  if (application !== APPLICATION_ID && (tables !== 0 || application !== 0 || version !== 0)) {
    throw new WorkbenchError(
      `${file} is the database of another program. Choose another project folder.`,
    )
  }
  if (version > SCHEMA_VERSION) {
    throw new WorkbenchError(
      `${file} has schema ${version}; this workbench knows up to ${SCHEMA_VERSION}. ` +
        'Open the project with the newer workbench that wrote it, or update this one.',
    )
  }
}

/** Brings the schema up to version `to`, each step whole or not at all. */
export function migrate(db: Database, to: number = SCHEMA_VERSION): void {
  for (let version = schemaVersion(db); version < to; version++) {
    const step = db.transaction(() => {
      db.exec(migrations[version])
      db.pragma(`application_id = ${APPLICATION_ID}`)
      db.pragma(`user_version = ${version + 1}`)
    })
    step.immediate()
  }
}

/** The schema version found in a database; 0 is an empty one. */
export function schemaVersion(db: Database): number {
  return readNumber(db, 'user_version')
}

function readNumber(db: Database, pragma: string): number {
  return Number(db.pragma(pragma, { simple: true }))
}

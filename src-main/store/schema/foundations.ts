/** Steps 1 to 5: projects, videos, runs, evaluations, the library. */
export const foundations: readonly string[] = [
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
]

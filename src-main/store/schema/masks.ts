/** Steps 6 and on: masks, corrections and what training took of them. */
export const masks: readonly string[] = [
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

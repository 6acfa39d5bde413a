/** Steps about the review queue: an index for every order, and counts that nobody has to count. */
export const maskQueue: readonly string[] = [
  `
  CREATE INDEX mask_queue_by_stability
    ON mask_queue (stability, state, dataset_id, class, split);
  CREATE INDEX mask_queue_by_area ON mask_queue (area, state, dataset_id, class, split);
  CREATE INDEX mask_queue_by_agreement
    ON mask_queue (agreement, state, dataset_id, class, split);
  CREATE INDEX mask_queue_by_change ON mask_queue (changed_at, state, dataset_id, class, split);

  DROP INDEX mask_queue_counts;
  CREATE TABLE mask_counts (
    dataset_id INTEGER NOT NULL,
    class TEXT NOT NULL,
    split TEXT NOT NULL,
    state TEXT NOT NULL,
    windows INTEGER NOT NULL,
    PRIMARY KEY (dataset_id, class, split, state)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO mask_counts
    SELECT dataset_id, class, split, state, count(*) FROM mask_queue GROUP BY 1, 2, 3, 4;
  CREATE TRIGGER count_new_window AFTER INSERT ON mask_queue BEGIN
    INSERT INTO mask_counts VALUES (new.dataset_id, new.class, new.split, new.state, 1)
      ON CONFLICT DO UPDATE SET windows = windows + 1;
  END;
  CREATE TRIGGER count_lost_window AFTER DELETE ON mask_queue BEGIN
    UPDATE mask_counts SET windows = windows - 1
      WHERE (dataset_id, class, split, state) =
        (old.dataset_id, old.class, old.split, old.state);
  END;
  CREATE TRIGGER count_changed_window AFTER UPDATE OF class, split, state ON mask_queue
    WHEN (old.class, old.split, old.state) <> (new.class, new.split, new.state)
  BEGIN
    UPDATE mask_counts SET windows = windows - 1
      WHERE (dataset_id, class, split, state) =
        (old.dataset_id, old.class, old.split, old.state);
    INSERT INTO mask_counts VALUES (new.dataset_id, new.class, new.split, new.state, 1)
      ON CONFLICT DO UPDATE SET windows = windows + 1;
  END;
  `,
]

/** Steps about runs: the queue's order, what people note of runs, and what makes them again. */
export const runs: readonly string[] = [
  `
  ALTER TABLE runs ADD COLUMN notes TEXT NOT NULL DEFAULT '';
  ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE runs ADD COLUMN starred INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN trashed_at TEXT;
  -- Where a job stands in the queue, in ms since 1970 unless somebody moved it.
  ALTER TABLE runs ADD COLUMN place REAL NOT NULL DEFAULT 0;
  ALTER TABLE evaluations ADD COLUMN place REAL NOT NULL DEFAULT 0;
  UPDATE runs SET place = unixepoch(created_at) * 1000.0;
  UPDATE evaluations SET place = unixepoch(created_at) * 1000.0;
  -- Evaluations that follow when the run is done, as JSON; empty once they are queued.
  ALTER TABLE runs ADD COLUMN chain TEXT NOT NULL DEFAULT '[]';
  -- The sweep it belongs to.
  ALTER TABLE runs ADD COLUMN sweep TEXT;
  -- What made it, as JSON: version, commit, machine, fingerprint of the videos.
  ALTER TABLE runs ADD COLUMN made_with TEXT;
  `,
]

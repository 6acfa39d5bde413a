/** Steps about pauses that a killed host must not forget. */
export const pauses: readonly string[] = [
  `
  -- Whether a run that is stopping is to pause and keep its place.
  ALTER TABLE runs ADD COLUMN pausing INTEGER NOT NULL DEFAULT 0;
  `,
]

/** Steps about runs that other projects made. */
export const imports: readonly string[] = [
  `
  -- Where it comes from and what it lacks here, as JSON.
  ALTER TABLE runs ADD COLUMN imported TEXT;
  `,
]

/** Steps about data sets whose videos are folders of frames. */
export const frameRates: readonly string[] = [
  `
  -- Frames a second of folders of frames, as a person stated it; NULL is the default.
  ALTER TABLE datasets ADD COLUMN frame_rate REAL;
  `,
]

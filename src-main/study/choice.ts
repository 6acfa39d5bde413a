import { spreadOf } from '#shared/metrics/spread.ts'
import type { StudyResult } from './shortcut.ts'
import { CHOSEN_BY, shortcutRows } from './shortcut-plan.ts'

/** The row of a family whose β was chosen on validation. */
export interface Choice {
  family: string
  /** Name of the row. */
  chosen: string
  /** Mean over the seeds by which it was chosen, of every row of the family, in [0, 1]. */
  means: { name: string; mean: number }[]
}

/**
 * Chooses β for each family of rows: the highest mean over the seeds of `CHOSEN_BY` on the videos that
 * were held out; of equal ones the smaller β. A family is left out where it has a single row, or one
 * without validation.
 */
export function chooseBetas({ rows }: Pick<StudyResult, 'rows'>): Choice[] {
  const families = new Set(shortcutRows.flatMap(({ family }) => family ?? []))
  return [...families].flatMap((family) => {
    const own = shortcutRows.filter((row) => row.family === family)
    const means = own.flatMap(({ name }) => {
      const seeds = rows.find((row) => row.name === name)?.seeds ?? []
      const spread = spreadOf(seeds.flatMap(({ validation }) => validation?.[CHOSEN_BY] ?? []))
      return spread && spread.count === seeds.length ? [{ name, mean: spread.mean }] : []
    })
    const measured = own.filter(({ name }) => rows.some((row) => row.name === name))
    if (means.length < 2 || means.length < measured.length) return []
    const best = means.reduce((a, b) => (b.mean > a.mean ? b : a))
    return [{ family, chosen: best.name, means }]
  })
}

/**
 * Which rows of a column are the best one. The highest value alone says little: on 96 videos five
 * points are noise. So the best must beat every other row in a paired test on the same videos; else
 * it and all rows that the test does not separate from it are ties.
 */

/** Below this p value two rows are told apart. */
export const SIGNIFICANT = 0.05

export interface Candidate {
  key: string
  /** Greater is better. */
  value: number
}

export type Mark = 'best' | 'tie'

/** The sign of a number that is tied with the best. */
export const TIE = '≈'

/** The row that the others are tested against: that of the highest value, the first of equal ones. */
export function leaderOf<C extends Candidate>(rows: readonly C[]): C | null {
  return rows.reduce<C | null>((best, row) => (best && best.value >= row.value ? best : row), null)
}

/**
 * @param leader of `leaderOf`
 * @param others with the p value of the paired test against the leader; null where there is none
 * @returns marks by key; none at all for a row that stands alone, or where a test is missing
 */
export function bestMarks(
  leader: Pick<Candidate, 'key'>,
  others: readonly { key: string; p: number | null }[],
): Map<string, Mark> {
  const marks = new Map<string, Mark>()
  if (others.length === 0 || others.some(({ p }) => p === null)) return marks
  const ties = others.filter(({ p }) => p! >= SIGNIFICANT)
  marks.set(leader.key, ties.length === 0 ? 'best' : 'tie')
  for (const { key } of ties) marks.set(key, 'tie')
  return marks
}

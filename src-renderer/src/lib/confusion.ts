export interface Confused {
  truth: string
  predicted: string
  count: number
  /** Share of the videos of the true class, [0, 1]. */
  share: number
}

/** Each row divided by its sum; rows without videos stay zero. */
export function rowShares(confusion: readonly (readonly number[])[]): number[][] {
  return confusion.map((row) => {
    const sum = row.reduce((total, count) => total + count, 0)
    return row.map((count) => (sum > 0 ? count / sum : 0))
  })
}

/** The wrong answers given most often. */
export function mostConfused(
  confusion: readonly (readonly number[])[],
  classes: readonly string[],
  limit: number,
): Confused[] {
  const shares = rowShares(confusion)
  return confusion
    .flatMap((row, i) =>
      row.map((count, j) => ({
        truth: classes[i] ?? String(i),
        predicted: classes[j] ?? String(j),
        count,
        share: shares[i]?.[j] ?? 0,
        wrong: i !== j && count > 0,
      })),
    )
    .filter(({ wrong }) => wrong)
    .sort((a, b) => b.share - a.share || b.count - a.count)
    .slice(0, limit)
    .map(({ truth, predicted, count, share }) => ({ truth, predicted, count, share }))
}

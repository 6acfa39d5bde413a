/**
 * Exponential moving average without the pull towards zero at the start (Adam's bias correction:
 * Kingma and Ba, 2015, section 3).
 * @param weight of the past, in [0, 1); 0 gives the values themselves. Not-a-number stays in its
 * place and does not spread.
 */
export function smooth(values: readonly number[], weight: number): number[] {
  let average = 0
  let total = 0
  return values.map((value) => {
    if (!Number.isFinite(value)) return value
    average = weight * average + (1 - weight) * value
    total = weight * total + (1 - weight)
    return average / total
  })
}

/** Scores of a classifier: `scores` are logits or probabilities, [N, K] row-major. */

/**
 * Place of the true class when classes are ordered by falling score, 0 for the first. Of equal
 * scores the lower class comes first. A true class whose score is NaN is last.
 * @param scores [K]
 */
export function rankOfClass(scores: ArrayLike<number>, label: number): number {
  const own = scores[label]
  if (Number.isNaN(own)) return scores.length - 1
  let rank = 0
  for (let k = 0; k < scores.length; k++) {
    const ahead = k < label ? scores[k] >= own : scores[k] > own
    if (ahead || Number.isNaN(scores[k])) rank++
  }
  return rank
}

/**
 * The best-scored class of each row, [N]; of equal scores the lower class. NaN is never best.
 * @param scores [N, K]
 */
export function predictedClasses(scores: Float32Array, classes: number): Int32Array {
  const predicted = new Int32Array(scores.length / classes)
  for (let n = 0; n < predicted.length; n++) {
    let best = -Infinity
    for (let k = 0; k < classes; k++) {
      const score = scores[n * classes + k]
      if (score > best) {
        best = score
        predicted[n] = k
      }
    }
  }
  return predicted
}

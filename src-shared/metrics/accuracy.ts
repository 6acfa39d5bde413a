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
 * Part of the rows whose true class is among the k best-scored, [0, 1].
 * @param scores [N, K]
 * @param labels [N]; at least one
 * @throws RangeError when `scores` is not labels.length x classes, there are no labels, or a label
 * is not a class
 */
export function topKAccuracy(
  scores: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
  k: number,
): number {
  checkRows(scores, labels, classes)
  let hits = 0
  for (let n = 0; n < labels.length; n++) {
    const row = scores.subarray(n * classes, (n + 1) * classes)
    if (rankOfClass(row, labels[n]) < k) hits++
  }
  return hits / labels.length
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

/**
 * How often each true class (row) was taken for each class (column): [K, K].
 * @throws RangeError when the lists differ in length or name a class that there is not
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): number[][] {
  if (labels.length !== predicted.length) {
    throw new RangeError(`There are ${labels.length} labels and ${predicted.length} predictions.`)
  }
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  for (let n = 0; n < labels.length; n++) {
    checkClass(labels[n], classes)
    checkClass(predicted[n], classes)
    matrix[labels[n]][predicted[n]]++
  }
  return matrix
}

function checkRows(scores: Float32Array, labels: ArrayLike<number>, classes: number): void {
  if (labels.length === 0) throw new RangeError('There is nothing to score: no labels.')
  if (scores.length !== labels.length * classes) {
    throw new RangeError(
      `Expected ${labels.length} x ${classes} scores, got ${scores.length} values.`,
    )
  }
  for (let n = 0; n < labels.length; n++) checkClass(labels[n], classes)
}

function checkClass(label: number, classes: number): void {
  if (Number.isInteger(label) && label >= 0 && label < classes) return
  throw new RangeError(`Expected a class from 0 to ${classes - 1}, got ${label}.`)
}

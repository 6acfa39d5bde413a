/**
 * Probabilities of rows of logits, each row less its largest first.
 * @param logits [N, K], row-major @returns [N, K]; every row sums to 1
 */
export function softmaxRows(logits: Float32Array, classes: number): Float32Array {
  const out = new Float32Array(logits.length)
  for (let row = 0; row < logits.length; row += classes) {
    const own = logits.subarray(row, row + classes)
    const largest = own.reduce((a, b) => Math.max(a, b), -Infinity)
    let sum = 0
    for (const logit of own) sum += Math.exp(logit - largest)
    for (let k = 0; k < classes; k++) out[row + k] = Math.exp(own[k] - largest) / sum
  }
  return out
}

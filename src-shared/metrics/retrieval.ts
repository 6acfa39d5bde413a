/** Features of one split, a row a video. */
export interface LabelledFeatures {
  /** [N, C], row-major. */
  features: Float32Array
  /** Class of each row, [N]. */
  labels: ArrayLike<number>
}

/** Rows of queries that are compared with the training rows at once. */
export const COMPARED_AT_ONCE = 4

/** Training videos that test videos are compared with, by the cosine of their features. */
export class NeighbourIndex {
  readonly labels: ArrayLike<number>
  private readonly keys: Float32Array // [N, C]
  private readonly mean: Float64Array // [C]
  private readonly size: number
  private readonly similarities: Float32Array[]

  /**
   * @param size C, features a row
   * @param options centred: take the training mean off all features first
   * @throws RangeError when there are no training videos or their features are not labels x size
   * finite numbers
   */
  constructor(train: LabelledFeatures, size: number, { centred }: { centred: boolean }) {
    checkTraining(train, size)
    this.size = size
    this.labels = train.labels
    this.mean = centred ? meanRow(train.features, size) : new Float64Array(size)
    this.keys = centredUnitRows(train.features, this.mean)
    const rows = train.labels.length
    this.similarities = Array.from({ length: COMPARED_AT_ONCE }, () => new Float32Array(rows))
  }

  /**
   * Cosines of some test videos with every training video, a list a test video, [N]. They hold
   * until the next call.
   * @param queries at most `COMPARED_AT_ONCE` rows, [n, C]
   * @param mean taken off the queries, [C]. Default: what was taken off the training features
   */
  compare(queries: Float32Array, mean: Float64Array = this.mean): readonly Float32Array[] {
    compareBlock(this.keys, centredUnitRows(queries, mean), this.size, this.similarities)
    return this.similarities.slice(0, queries.length / this.size)
  }
}

/** The rows of the greatest similarities, greatest first; of equal ones the lower row comes first. */
export function nearestRows(similarities: Float32Array, count: number): number[] {
  const rows: number[] = []
  for (let n = 0; n < similarities.length; n++) {
    const isFull = rows.length === count
    if (isFull && similarities[n] <= similarities[rows[count - 1]]) continue
    if (isFull) rows.pop()
    let at = rows.length
    while (at > 0 && similarities[n] > similarities[rows[at - 1]]) at--
    rows.splice(at, 0, n)
  }
  return rows
}

/**
 * What the nearest training videos vote: each for its class with weight exp(similarity /
 * temperature) (Wu et al., CVPR 2018, section 3.4). Weights are relative to that of the nearest.
 * @param voters rows: the nearest first
 * @returns [classes]
 */
export function neighbourVotes(
  voters: { similarities: Float32Array; labels: ArrayLike<number>; rows: readonly number[] },
  { classes, temperature }: { classes: number; temperature: number },
): Float32Array {
  const { similarities, labels, rows } = voters
  const votes = new Float32Array(classes)
  const greatest = similarities[rows[0]]
  for (const row of rows) {
    votes[labels[row]] += Math.exp((similarities[row] - greatest) / temperature)
  }
  return votes
}

/** Dot products of at most four queries with every key; queries past the end repeat the last. */
function compareBlock(
  keys: Float32Array,
  queries: Float32Array,
  size: number,
  out: Float32Array[],
): void {
  const last = queries.length - size
  const [a, b, c, d] = [0, 1, 2, 3].map((i) => Math.min(last, i * size))
  for (let key = 0, n = 0; key < keys.length; key += size, n++) {
    let dotA = 0
    let dotB = 0
    let dotC = 0
    let dotD = 0
    for (let i = 0; i < size; i++) {
      const value = keys[key + i]
      dotA += value * queries[a + i]
      dotB += value * queries[b + i]
      dotC += value * queries[c + i]
      dotD += value * queries[d + i]
    }
    out[0][n] = dotA
    out[1][n] = dotB
    out[2][n] = dotC
    out[3][n] = dotD
  }
}

/** How many rows lie nearer than the nearest of class `label`; Infinity when there is none. */
export function rankOfOwnClass(
  similarities: Float32Array,
  labels: ArrayLike<number>,
  label: number,
): number {
  let own = -1
  for (let n = 0; n < similarities.length; n++) {
    if (labels[n] === label && (own < 0 || similarities[n] > similarities[own])) own = n
  }
  if (own < 0) return Infinity
  let nearer = 0
  for (let n = 0; n < similarities.length; n++) {
    const tied = n < own && similarities[n] === similarities[own]
    if (tied || similarities[n] > similarities[own]) nearer++
  }
  return nearer
}

/** Mean of rows [N, C]. @param size C */
export function meanRow(features: Float32Array, size: number): Float64Array {
  const mean = new Float64Array(size)
  const rows = features.length / size
  for (let i = 0; i < features.length; i++) mean[i % size] += features[i] / rows
  return mean
}

/** Rows less the mean, scaled to length 1; a row equal to the mean becomes 0. */
function centredUnitRows(features: Float32Array, mean: Float64Array): Float32Array {
  const size = mean.length
  const out = new Float32Array(features.length)
  for (let row = 0; row < features.length; row += size) {
    let squares = 0
    for (let c = 0; c < size; c++) squares += (features[row + c] - mean[c]) ** 2
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
    for (let c = 0; c < size; c++) out[row + c] = (features[row + c] - mean[c]) * scale
  }
  return out
}

function checkTraining({ features, labels }: LabelledFeatures, size: number): void {
  if (labels.length === 0) throw new RangeError('The training split is empty.')
  if (features.length !== labels.length * size) {
    throw new RangeError(
      `Expected ${labels.length} x ${size} training features, got ${features.length} values.`,
    )
  }
  // Nothing compares as nearer than NaN: every video would count as found.
  if (!features.every(Number.isFinite)) {
    throw new RangeError('Not all training features are finite numbers.')
  }
}

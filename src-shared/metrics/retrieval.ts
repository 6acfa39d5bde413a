/** Features of one split, a row a video. */
export interface LabelledFeatures {
  /** [N, C], row-major. */
  features: Float32Array
  /** Class of each row, [N]. */
  labels: ArrayLike<number>
}

export interface Retrieval {
  /** Part of the test videos with one of their own class among their k nearest, for each k asked. */
  recall: number[]
  /** Row of the nearest training video of each test video, [N test]. */
  nearest: Int32Array
}

/** Rows of queries that are compared with a training row at once. */
const BLOCK = 4

/**
 * Nearest-neighbour retrieval: features are centred by the training mean and normalised to length 1;
 * a test video is found at k when any of its k nearest training videos by cosine shares its class
 * (R@k). Of equally near videos the one with the lower row comes first.
 * @param size C, features a row
 * @param ks the k to report
 * @throws RangeError when a split is empty or its features are not labels x size finite numbers
 */
export function retrieve(
  train: LabelledFeatures,
  test: LabelledFeatures,
  size: number,
  ks: readonly number[],
): Retrieval {
  checkSplit('training', train, size)
  checkSplit('test', test, size)
  const mean = meanRow(train.features, size)
  const keys = centredUnitRows(train.features, mean)
  const queries = centredUnitRows(test.features, mean)
  const count = test.labels.length
  const nearest = new Int32Array(count)
  const ranks = new Float64Array(count)
  const similarities = Array.from({ length: BLOCK }, () => new Float32Array(train.labels.length))
  for (let start = 0; start < count; start += BLOCK) {
    compareBlock(keys, queries, size, start, similarities)
    for (let n = start; n < Math.min(count, start + BLOCK); n++) {
      const row = similarities[n - start]
      nearest[n] = argMax(row)
      ranks[n] = firstOfClass(row, train.labels, test.labels[n])
    }
  }
  return { recall: ks.map((k) => ranks.filter((rank) => rank < k).length / count), nearest }
}

/** Dot products of four queries with every key; queries past the end repeat the last. */
function compareBlock(
  keys: Float32Array,
  queries: Float32Array,
  size: number,
  start: number,
  out: Float32Array[],
): void {
  const last = queries.length - size
  const [a, b, c, d] = [0, 1, 2, 3].map((i) => Math.min(last, (start + i) * size))
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
function firstOfClass(
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

function argMax(values: Float32Array): number {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i
  return best
}

function meanRow(features: Float32Array, size: number): Float64Array {
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

function checkSplit(name: string, { features, labels }: LabelledFeatures, size: number): void {
  if (labels.length === 0) throw new RangeError(`The ${name} split is empty.`)
  if (features.length !== labels.length * size) {
    throw new RangeError(
      `Expected ${labels.length} x ${size} ${name} features, got ${features.length} values.`,
    )
  }
  // Nothing compares as nearer than NaN: every video would count as found.
  if (!features.every(Number.isFinite)) {
    throw new RangeError(`Not all ${name} features are finite numbers.`)
  }
}

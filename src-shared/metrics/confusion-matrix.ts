/** How often videos of one class were given another, as the page works on it. */
export interface ConfusionMatrix {
  /** Names of the classes; there are `size` of them. */
  names: readonly string[]
  size: number
  /** Rows: true class; columns: predicted class. [size, size] row-major. */
  counts: Uint32Array
  /** Videos of each true class, [size]. */
  videos: Uint32Array
}

export interface Confused {
  truth: number
  predicted: number
  count: number
  /** Share of the videos of the true class, [0, 1]. */
  share: number
}

/**
 * The matrix of sparse counts.
 * @param triples true class, predicted class, count, and so on; what names no class is left out
 */
export function confusionOf(triples: readonly number[], names: readonly string[]): ConfusionMatrix {
  const size = names.length
  const counts = new Uint32Array(size * size)
  const videos = new Uint32Array(size)
  for (let at = 0; at + 2 < triples.length; at += 3) {
    const truth = triples[at]
    const predicted = triples[at + 1]
    const count = triples[at + 2]
    if (truth < 0 || predicted < 0 || truth >= size || predicted >= size) continue
    counts[truth * size + predicted] += count
    videos[truth] += count
  }
  return { names, size, counts, videos }
}

export function countAt({ counts, size }: ConfusionMatrix, truth: number, predicted: number) {
  return counts[truth * size + predicted] ?? 0
}

/** Part of the true class's videos that were given the predicted one, [0, 1]; 0 without videos. */
export function shareAt(matrix: ConfusionMatrix, truth: number, predicted: number): number {
  return countAt(matrix, truth, predicted) / Math.max(1, matrix.videos[truth] ?? 0)
}

/** Part of all videos that were given their class, [0, 1]. */
export function accuracyOf(matrix: ConfusionMatrix): number {
  let [right, all] = [0, 0]
  for (let i = 0; i < matrix.size; i++) {
    right += countAt(matrix, i, i)
    all += matrix.videos[i] ?? 0
  }
  return right / Math.max(1, all)
}

/** Classes put together: class `i` counts for group `groupOf[i]`. */
export function grouped(
  matrix: ConfusionMatrix,
  groupOf: readonly number[],
  names: readonly string[],
): ConfusionMatrix {
  const size = names.length
  const counts = new Uint32Array(size * size)
  const videos = new Uint32Array(size)
  for (let i = 0; i < matrix.size; i++) {
    const truth = groupOf[i] ?? 0
    videos[truth] += matrix.videos[i] ?? 0
    for (let j = 0; j < matrix.size; j++) {
      counts[truth * size + (groupOf[j] ?? 0)] += countAt(matrix, i, j)
    }
  }
  return { names, size, counts, videos }
}

/** The wrong answers given to the largest part of a class. */
export function mostConfused(matrix: ConfusionMatrix, limit: number): Confused[] {
  const found: Confused[] = []
  for (let truth = 0; truth < matrix.size; truth++) {
    for (let predicted = 0; predicted < matrix.size; predicted++) {
      const count = countAt(matrix, truth, predicted)
      if (count === 0 || truth === predicted) continue
      found.push({ truth, predicted, count, share: shareAt(matrix, truth, predicted) })
    }
  }
  return found.sort((a, b) => b.share - a.share || b.count - a.count).slice(0, limit)
}

export type ClassOrder = 'index' | 'accuracy' | 'confusion'

/** Classes in the order in which a matrix shows them: place -> class. */
export function orderOf(matrix: ConfusionMatrix, by: ClassOrder): number[] {
  const classes = Array.from({ length: matrix.size }, (_, i) => i)
  if (by === 'accuracy') {
    const right = classes.map((i) => shareAt(matrix, i, i))
    return classes.sort((a, b) => right[a] - right[b] || a - b)
  }
  return by === 'confusion' ? chain(matrix) : classes
}

/**
 * Classes that are taken for each other beside each other: from the pair that is confused most, the
 * chain takes on, at either end, the class that is confused most with that end.
 */
function chain(matrix: ConfusionMatrix): number[] {
  const { size } = matrix
  const likeness = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      if (i !== j) likeness[i * size + j] = shareAt(matrix, i, j) + shareAt(matrix, j, i)
    }
  }
  const free = new Set(Array.from({ length: size }, (_, i) => i))
  const nearest = (to: number): { of: number; like: number } => {
    let best = { of: -1, like: -1 }
    for (const of of free) {
      const like = likeness[to * size + of]
      if (like > best.like) best = { of, like }
    }
    return best
  }
  const [first] = mostConfused(matrix, 1)
  const order = [first?.truth ?? 0].slice(0, size)
  free.delete(order[0] ?? -1)
  while (free.size > 0) {
    const [before, after] = [nearest(order[0]), nearest(order.at(-1)!)]
    const isAfter = after.like >= before.like
    if (isAfter) order.push(after.of)
    else order.unshift(before.of)
    free.delete(isAfter ? after.of : before.of)
  }
  return order
}

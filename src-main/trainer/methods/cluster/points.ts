/** Vectors of numbers, one after another. */
export interface Points {
  /** [N, D] */
  data: Float32Array
  /** N */
  count: number
  /** D */
  size: number
}

/** Squared Euclidean length of each vector, [N]. */
export function squaredLengths({ data, count, size }: Points): Float64Array {
  const lengths = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    for (let d = 0; d < size; d++) lengths[i] += data[i * size + d] ** 2
  }
  return lengths
}

/** How vectors are moved and scaled before they are brought to unit length. */
export interface Normalisation {
  /** Subtracted, [D]. */
  centre: Float32Array
  /** Multiplies what is left, [D]. */
  scale: Float32Array
}

/** Below it, a number counts as constant and is left as it is. */
const LEAST_DEVIATION = 1e-6

/**
 * The normalisation that gives each of the D numbers the mean 0 over all vectors, and a standard
 * deviation of 1 if asked.
 */
export function normalisationOf(
  { data, count, size }: Points,
  standardises: boolean,
): Normalisation {
  const [sums, squares] = [new Float64Array(size), new Float64Array(size)]
  for (let i = 0; i < data.length; i++) sums[i % size] += data[i]
  const centre = Float32Array.from(sums, (sum) => sum / count)
  for (let i = 0; i < data.length; i++) squares[i % size] += (data[i] - centre[i % size]) ** 2
  const scale = Float32Array.from(squares, (square) => {
    const deviation = Math.sqrt(square / count)
    return standardises && deviation > LEAST_DEVIATION ? 1 / deviation : 1
  })
  return { centre, scale }
}

/** Vectors after a normalisation, at unit length; a vector that is the centre becomes 0. */
export function normalised(points: Points, { centre, scale }: Normalisation): Points {
  const { count, size } = points
  const data = points.data.map((value, i) => (value - centre[i % size]) * scale[i % size])
  const lengths = squaredLengths({ data, count, size })
  for (let i = 0; i < data.length; i++) {
    const length = Math.sqrt(lengths[Math.floor(i / size)])
    if (length > 0) data[i] /= length
  }
  return { data, count, size }
}

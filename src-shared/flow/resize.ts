import type { GreyImage } from './field.ts'
import { roundHalfEven } from './round.ts'

/** Two neighbours of each sample along one axis, and the weight of the second. */
interface Taps {
  first: Int32Array
  second: Int32Array
  weight: Float64Array
}

/** Samples at the centres of `to` pixels, in an axis of `from`; the border is repeated. */
function linearTaps(from: number, to: number, scale: number): Taps {
  const first = new Int32Array(to)
  const second = new Int32Array(to)
  const weight = new Float64Array(to)
  for (let i = 0; i < to; i++) {
    const at = Math.min(from - 1, Math.max(0, (i + 0.5) * scale - 0.5))
    first[i] = Math.floor(at)
    second[i] = Math.min(from - 1, first[i] + 1)
    weight[i] = at - first[i]
  }
  return { first, second, weight }
}

export interface Plane {
  width: number
  height: number
  /** [H, W]. */
  data: Float32Array
}

/**
 * Bilinear resizing with pixel centres at half coordinates and no smoothing, as OpenCV's INTER_LINEAR.
 * @param factor multiplies every value, for a flow that is scaled with its picture
 * @param scale source pixels a target pixel; left out, the ratio of the sizes along each axis
 */
export function resizeLinear(
  source: Plane,
  { width, height }: { width: number; height: number },
  { factor = 1, scale }: { factor?: number; scale?: number } = {},
): Plane {
  const columns = linearTaps(source.width, width, scale ?? source.width / width)
  const rows = linearTaps(source.height, height, scale ?? source.height / height)
  const data = new Float32Array(width * height)
  for (let y = 0, i = 0; y < height; y++) {
    const top = rows.first[y] * source.width
    const bottom = rows.second[y] * source.width
    const down = rows.weight[y]
    for (let x = 0; x < width; x++, i++) {
      const left = columns.first[x]
      const right = columns.second[x]
      const across = columns.weight[x]
      const above = source.data[top + left] * (1 - across) + source.data[top + right] * across
      const below = source.data[bottom + left] * (1 - across) + source.data[bottom + right] * across
      data[i] = factor * (above * (1 - down) + below * down)
    }
  }
  return { width, height, data }
}

/** What of an axis each target pixel covers: its source pixels and their shares, which add up to 1. */
interface Cover {
  from: Int32Array
  shares: Float64Array[]
}

function coverOf(from: number, to: number): Cover {
  const scale = from / to
  const starts = new Int32Array(to)
  const shares: Float64Array[] = []
  for (let i = 0; i < to; i++) {
    const begin = i * scale
    const end = Math.min(from, begin + scale)
    starts[i] = Math.floor(begin)
    const last = Math.ceil(end - 1e-9)
    shares.push(
      Float64Array.from(
        { length: last - starts[i] },
        (_, k) => (Math.min(end, starts[i] + k + 1) - Math.max(begin, starts[i] + k)) / scale,
      ),
    )
  }
  return { from: starts, shares }
}

/** Each pixel is the mean of the area that it covers, rounded, as OpenCV's INTER_AREA. */
export function shrinkByArea(
  source: GreyImage,
  { width, height }: { width: number; height: number },
): GreyImage {
  const columns = coverOf(source.width, width)
  const rows = coverOf(source.height, height)
  // Halving rounds halves up and all else to the even number: so do OpenCV's two code paths.
  const round =
    source.width === 2 * width && source.height === 2 * height ? roundHalfUp : roundHalfEven
  const data = new Uint8Array(width * height)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      data[i] = round(areaMean(source, columns, x, rows, y))
    }
  }
  return { width, height, data }
}

function areaMean(
  { data, width }: GreyImage,
  columns: Cover,
  x: number,
  rows: Cover,
  y: number,
): number {
  const across = columns.shares[x]
  const down = rows.shares[y]
  let sum = 0
  for (let r = 0; r < down.length; r++) {
    const from = (rows.from[y] + r) * width + columns.from[x]
    let line = 0
    for (let c = 0; c < across.length; c++) line += across[c] * data[from + c]
    sum += down[r] * line
  }
  return sum
}

function roundHalfUp(value: number): number {
  return Math.floor(value + 0.5)
}

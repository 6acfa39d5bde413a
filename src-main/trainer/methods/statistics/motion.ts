import { DIRECTIONS } from '#shared/methods/statistics/answers.ts'
import { largestAt, type Partition } from './partitions.ts'

/** One component of the flow of a clip. */
export interface FlowMaps {
  /** Pixels from each frame to the next, [maps, S, S]. */
  data: Float32Array
  maps: number
  size: number
}

/** The motion boundaries of one component. */
interface Boundaries {
  /** Sums over the maps of the derivatives by x and by y, [S, S] each. */
  dx: Float64Array
  dy: Float64Array
  /** Sum of magnitudes of each map, [maps]. */
  strength: Float64Array
}

/**
 * The 14 statistics of motion (Wang et al., CVPR 2019): of each partition the block with the
 * largest mean magnitude of the motion boundaries of u and the dominant direction there, then those of v;
 * at the end the map with the largest magnitudes of u, and that of v. All count from 1; of equal ones
 * the first is taken.
 */
export function motionStatistics(
  u: FlowMaps,
  v: FlowMaps,
  partitions: readonly Partition[],
): number[] {
  const boundaries = [u, v].map(boundariesOf)
  const ofBlocks = partitions.flatMap((partition) =>
    boundaries.flatMap((of) => strongest(of, partition)),
  )
  return [...ofBlocks, ...boundaries.map(({ strength }) => largestAt(strength) + 1)]
}

/** The 3 x 3 Prewitt operator on each map; the border is repeated, so that it is no boundary. */
function boundariesOf({ data, maps, size }: FlowMaps): Boundaries {
  const pixels = size * size
  const [dx, dy] = [new Float64Array(pixels), new Float64Array(pixels)]
  const strength = new Float64Array(maps)
  const last = size - 1
  for (let map = 0; map < maps; map++) {
    const from = map * pixels
    for (let y = 0, i = 0; y < size; y++) {
      const above = from + (y === 0 ? 0 : y - 1) * size
      const here = from + y * size
      const below = from + (y === last ? last : y + 1) * size
      for (let x = 0; x < size; x++, i++) {
        const left = x === 0 ? 0 : x - 1
        const right = x === last ? last : x + 1
        const [a, b] = [data[above + left], data[above + right]]
        const [c, d] = [data[below + left], data[below + right]]
        const byX = b + data[here + right] + d - (a + data[here + left] + c)
        const byY = c + data[below + x] + d - (a + data[above + x] + b)
        dx[i] += byX
        dy[i] += byY
        strength[map] += Math.hypot(byX, byY)
      }
    }
  }
  return { dx, dy, strength }
}

/** The block with the largest mean magnitude, and its dominant direction, both from 1. */
function strongest(
  { dx, dy }: Boundaries,
  { blocks, blockOf, pixels }: Partition,
): [block: number, direction: number] {
  const magnitude = new Float64Array(blocks)
  for (let i = 0; i < dx.length; i++) magnitude[blockOf[i]] += Math.hypot(dx[i], dy[i])
  const block = largestAt(magnitude.map((sum, at) => sum / pixels[at]))
  return [block + 1, dominantDirection(dx, dy, (i) => blockOf[i] === block) + 1]
}

/**
 * Bins of 45° around 0°, 45° and so on, clockwise as y points down; each magnitude is shared between the
 * two nearest in proportion.
 */
function dominantDirection(
  dx: Float64Array,
  dy: Float64Array,
  counts: (pixel: number) => boolean,
): number {
  const bins = new Float64Array(DIRECTIONS)
  for (let i = 0; i < dx.length; i++) {
    if (!counts(i)) continue
    const place = (Math.atan2(dy[i], dx[i]) / (2 * Math.PI) + 1) * DIRECTIONS
    const low = Math.floor(place)
    const magnitude = Math.hypot(dx[i], dy[i])
    bins[low % DIRECTIONS] += magnitude * (1 - (place - low))
    bins[(low + 1) % DIRECTIONS] += magnitude * (place - low)
  }
  return largestAt(bins)
}

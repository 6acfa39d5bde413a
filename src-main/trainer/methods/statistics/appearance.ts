import { COLOURS } from '#shared/methods/statistics/answers.ts'
import { largestAt, type Partition } from './partitions.ts'

const LEVELS = 256
/** Levels of the three channels. */
const BINS = 3 * LEVELS

/** A clip in bytes. */
export interface ByteClip {
  /** [T, S, S, 3], RGB */
  data: Uint8Array
  frames: number
}

/**
 * The 13 statistics of appearance (Wang et al., CVPR 2019): of each partition the block
 * whose colours change most over the frames and its dominant colour, then the block whose colours change
 * least and its dominant colour; at the end the dominant colour of the clip. All count from 1; of equal
 * ones the first is taken.
 */
export function appearanceStatistics(clip: ByteClip, partitions: readonly Partition[]): number[] {
  const ofBlocks = partitions.flatMap((partition) => {
    const constancy = constancyOf(clip, partition)
    const colours = coloursOf(clip, partition)
    const described = (block: number): number[] => [
      block + 1,
      largestAt(colours.subarray(block * COLOURS, (block + 1) * COLOURS)) + 1,
    ]
    const diverse = largestAt(constancy.map((value) => -value))
    return [...described(diverse), ...described(largestAt(constancy))]
  })
  const { blocks, blockOf } = partitions[0]
  const all = new Float64Array(COLOURS)
  coloursOf(clip, { blocks, blockOf }).forEach((count, i) => (all[i % COLOURS] += count))
  return [...ofBlocks, largestAt(all) + 1]
}

/**
 * How alike the colours of each block are over the frames: the sum over 256 levels of the smallest count
 * of a frame by that of the largest one, the mean over the three channels; 1 where nothing changes.
 */
function constancyOf({ data, frames }: ByteClip, { blocks, blockOf }: Partition): Float64Array {
  const least = new Uint32Array(blocks * BINS).fill(data.length)
  const most = new Uint32Array(blocks * BINS)
  const counts = new Uint32Array(blocks * BINS)
  const pixels = blockOf.length
  for (let t = 0; t < frames; t++) {
    counts.fill(0)
    for (let i = 0, at = 3 * t * pixels; i < pixels; i++, at += 3) {
      const from = blockOf[i] * BINS
      counts[from + data[at]]++
      counts[from + LEVELS + data[at + 1]]++
      counts[from + 2 * LEVELS + data[at + 2]]++
    }
    for (let bin = 0; bin < counts.length; bin++) {
      const count = counts[bin]
      if (count < least[bin]) least[bin] = count
      if (count > most[bin]) most[bin] = count
    }
  }
  const sumOf = (values: Uint32Array, channel: number): number =>
    values.subarray(channel * LEVELS, (channel + 1) * LEVELS).reduce((a, b) => a + b, 0)
  return Float64Array.from({ length: blocks }, (_, block) => {
    const shares = [0, 1, 2].map((c) => sumOf(least, 3 * block + c) / sumOf(most, 3 * block + c))
    return shares.reduce((a, b) => a + b, 0) / 3
  })
}

/** How often each of the 8 colours occurs in each block in all frames, [blocks, 8]. */
function coloursOf(
  { data }: ByteClip,
  { blocks, blockOf }: Pick<Partition, 'blocks' | 'blockOf'>,
): Float64Array {
  const counts = new Float64Array(blocks * COLOURS)
  for (let at = 0; at < data.length; at += 3) {
    const block = blockOf[(at / 3) % blockOf.length]
    counts[block * COLOURS + colourOf(data[at], data[at + 1], data[at + 2])]++
  }
  return counts
}

/** Colours with much blue come first, so that black is the fifth. */
function colourOf(red: number, green: number, blue: number): number {
  return (blue < 128 ? 4 : 0) + (red < 128 ? 0 : 2) + (green < 128 ? 0 : 1)
}

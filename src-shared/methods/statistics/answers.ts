/** What the statistics of a clip may be: each is an index that counts from 1. */

/** Blocks of the three partitions of a frame: a grid of 4 x 4, 4 rings and 8 triangles. */
export const BLOCKS = [16, 4, 8] as const

/** Bins of the direction of a motion boundary, 45° each. */
export const DIRECTIONS = 8

/** Bins of colours: each channel is below 128 or not. */
export const COLOURS = 8

/** Which statistics of a clip are asked for, a name of a setting's choices. */
export type Asked = 'both' | 'motion' | 'appearance'

/** A kind of statistics and how much its loss counts. */
export interface Family {
  name: 'motion' | 'appearance'
  /** How many values each statistic may have, in order. */
  answers: readonly number[]
  weight: number
}

/**
 * Of each partition the block and the direction of the largest motion boundary of u, then of v; at the
 * end the frame of the largest motion boundaries of u and of v: 14 statistics.
 * @param frames T of a clip; there is a flow field between each two
 */
export function motionAnswers(frames: number): number[] {
  const ofBlocks = BLOCKS.flatMap((blocks) => [blocks, DIRECTIONS, blocks, DIRECTIONS])
  return [...ofBlocks, frames - 1, frames - 1]
}

/**
 * Of each partition the block whose colours change most and its dominant colour, then the block whose
 * colours change least and its dominant colour; at the end the dominant colour of the clip: 13 statistics.
 */
export const appearanceAnswers: readonly number[] = [
  ...BLOCKS.flatMap((blocks) => [blocks, COLOURS, blocks, COLOURS]),
  COLOURS,
]

/** The statistics that a run asks for. Only beside motion does appearance have a weight other than 1. */
export function familiesOf(config: {
  statistics: string
  appearanceWeight: number
  frames: number
}): Family[] {
  const { statistics, appearanceWeight, frames } = config
  const motion: Family = { name: 'motion', answers: motionAnswers(frames), weight: 1 }
  const appearance: Family = { name: 'appearance', answers: appearanceAnswers, weight: 1 }
  if (statistics === 'motion') return [motion]
  if (statistics === 'appearance') return [appearance]
  return [motion, { ...appearance, weight: appearanceWeight }]
}

/** Share of right guesses where all values of each statistic are equally frequent. */
export function chanceOf(families: readonly Family[]): number {
  const answers = families.flatMap((family) => family.answers)
  return answers.reduce((sum, values) => sum + 1 / values, 0) / answers.length
}

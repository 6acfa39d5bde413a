import { createHash } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { contentHash } from './content-hash.ts'

/** A folder of pictures that are the frames of one video: `img_00001.jpg`, `img_00002.jpg` and so on. */
export interface FrameSequence {
  prefix: string
  /** Digits that numbers are filled up to with zeros; 1 where they are not. */
  width: number
  /** With its point. */
  ending: string
  first: number
  last: number
  /** The lowest number between the first and the last that has no picture; null where all have. */
  missing: number | null
}

/** Fewer pictures than this are an album. */
export const FEWEST_FRAMES = 8
const NUMBERED = /^(.*?)(\d+)(\.(?:jpe?g|png))$/is
/** Optical flow lies beside the frames that it was computed from. */
const FLOW = /^(flow|flow_[xyuv]|[xyuv])[-_]?$/i

/**
 * The frames that a folder with these files holds: numbered pictures that differ in nothing but their
 * number. Optical flow is left out of account. Null where the folder holds anything else.
 */
export function frameSequence(names: readonly string[]): FrameSequence | null {
  const frames = names.map((name) => NUMBERED.exec(name)).filter((match) => match !== null)
  const pictures = frames.filter(([, prefix]) => !FLOW.test(prefix))
  const [head] = pictures
  if (!head || pictures.length < FEWEST_FRAMES) return null
  const [, prefix = '', , ending = ''] = head
  if (pictures.some((one) => one[1] !== prefix || one[3] !== ending)) return null
  const width = Math.min(...pictures.map(([, , digits]) => digits.length))
  const numbers = pictures.map(([, , digits]) => Number(digits)).sort((a, b) => a - b)
  const isPlain = pictures.every(
    ([, , digits]) => digits === String(Number(digits)).padStart(width, '0'),
  )
  if (!isPlain) return null
  const [first, last] = [numbers[0], numbers.at(-1)!]
  const gap = numbers.findIndex((number, i) => number !== first + i)
  return { prefix, width, ending, first, last, missing: gap < 0 ? null : first + gap }
}

/** The frames in a folder; null where it holds no such sequence. @throws Error when it cannot be read */
export function readFrameSequence(folder: string): FrameSequence | null {
  return frameSequence(readdirSync(folder))
}

/** Paths of the pictures in the order of their numbers, of a sequence without gaps. */
export function framePaths(folder: string, sequence: FrameSequence): string[] {
  const { prefix, width, ending, first, last } = sequence
  return Array.from({ length: last - first + 1 }, (_, i) =>
    join(folder, `${prefix}${String(first + i).padStart(width, '0')}${ending}`),
  )
}

/** FFmpeg's pattern for the pictures: a number in place of the digits, percent signs doubled. */
export function framePattern(folder: string, { prefix, width, ending }: FrameSequence): string {
  const plain = (text: string): string => text.replaceAll('%', '%%')
  // Not by `join`, which drops the separator where the names have nothing before the number.
  return `${plain(folder)}${sep}${plain(prefix)}%0${width}d${plain(ending)}`
}

/**
 * Tells folders of frames apart as `contentHash` does files: by the sizes of all pictures and the
 * content of the first, the middle and the last.
 * @throws Error when a picture cannot be read
 */
export function sequenceHash(
  folder: string,
  sequence: FrameSequence,
): { size: number; hash: string } {
  const paths = framePaths(folder, sequence)
  const sizes = paths.map((path) => statSync(path).size)
  const hash = createHash('sha256').update(sizes.join(' '))
  for (const place of [0, paths.length >> 1, paths.length - 1]) {
    hash.update(contentHash(paths[place], sizes[place]))
  }
  return { size: sizes.reduce((sum, size) => sum + size, 0), hash: hash.digest('hex').slice(0, 32) }
}

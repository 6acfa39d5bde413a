/**
 * Run lengths as COCO has them: by columns, as a list or as text. The text holds each count as its
 * difference to the one two before it (from the fourth on), in groups of 5 bits, the lowest first;
 * bit 5 of a character says that more follow, bit 4 of the last is the sign, and 48 is added
 * (`rleToString` of the COCO API's maskApi.c).
 */
import { MaskError } from '#shared/masks/mask.ts'
import { checkRuns, decodeRuns, encodeRuns } from '#shared/masks/runs.ts'
import { MOST_RUNS } from './limits.ts'
import { runsOfPixels } from './record.ts'

/** A mask as COCO has it: `size` is [H, W] in pixels. */
export interface CocoRle {
  size: [height: number, width: number]
  counts: string
}

/** Pixels of a mask's foreground: the box [x, y, width, height], and how many. */
export interface CocoExtent {
  bbox: [x: number, y: number, width: number, height: number]
  area: number
}

/** Most groups of a count: those of a signed number of 32 bits. */
const MOST_GROUPS = 7

/** @param runs row-major, covering height x width */
export function toCocoRle(runs: readonly number[], height: number, width: number): CocoRle {
  const rows = decodeRuns(runs, height * width)
  return { size: [height, width], counts: textOfCounts(encodeRuns(transpose(rows, height, width))) }
}

/**
 * @param counts by columns, as text or as a list
 * @returns row-major runs
 * @throws MaskError when the text is no counts or they do not cover height x width
 */
export function fromCocoCounts(
  counts: string | readonly number[],
  height: number,
  width: number,
): number[] {
  const columns = typeof counts === 'string' ? countsOfText(counts) : counts
  return runsOfPixels(transpose(decodeRuns(columns, height * width), width, height))
}

/** @param counts from 0, below 2^31 */
export function textOfCounts(counts: readonly number[]): string {
  let text = ''
  for (let i = 0; i < counts.length; i++) {
    let rest = i > 2 ? counts[i] - counts[i - 2] : counts[i]
    for (let more = true; more;) {
      const group = rest & 31
      rest >>= 5
      more = group & 16 ? rest !== -1 : rest !== 0
      text += String.fromCharCode(48 + group + (more ? 32 : 0))
    }
  }
  return text
}

/** @throws MaskError when the text is no counts, or there are too many of them */
export function countsOfText(text: string): number[] {
  const counts: number[] = []
  for (let at = 0; at < text.length;) {
    if (counts.length === MOST_RUNS) {
      throw new MaskError(`It has more than ${MOST_RUNS} run lengths, so it is noise.`)
    }
    let value = 0
    let groups = 0
    for (let more = true; more; groups++) {
      const code = text.charCodeAt(at++) - 48
      if (!(code >= 0 && code < 64) || groups === MOST_GROUPS) throw noCounts(at - 1)
      value |= (code & 31) << (5 * groups)
      more = (code & 32) !== 0
      if (!more && code & 16 && groups < MOST_GROUPS - 1) value |= -1 << (5 * (groups + 1))
    }
    counts.push(counts.length > 2 ? value + counts[counts.length - 2] : value)
  }
  return counts
}

/** @param runs row-major, covering whole rows of `width` pixels */
export function extentOf(runs: readonly number[], width: number): CocoExtent {
  const box = { x0: width, y0: Infinity, x1: 0, y1: 0 }
  let area = 0
  let at = 0
  runs.forEach((run, i) => {
    if (i & 1 && run > 0) {
      area += run
      const last = at + run - 1
      const [top, bottom] = [Math.floor(at / width), Math.floor(last / width)]
      box.y0 = Math.min(box.y0, top)
      box.y1 = Math.max(box.y1, bottom + 1)
      box.x0 = top === bottom ? Math.min(box.x0, at % width) : 0
      box.x1 = top === bottom ? Math.max(box.x1, (last % width) + 1) : width
    }
    at += run
  })
  if (area === 0) return { bbox: [0, 0, 0, 0], area }
  return { bbox: [box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0], area }
}

/** The union of masks of one size. @throws MaskError when they differ in size */
export function union(masks: readonly (readonly number[])[], length: number): number[] {
  if (masks.length === 1) {
    checkRuns(masks[0], length)
    return [...masks[0]]
  }
  const all = new Uint8Array(length)
  for (const runs of masks) decodeRuns(runs, length).forEach((value, i) => (all[i] |= value))
  return runsOfPixels(all)
}

/** [H, W] by rows to [W, H] by rows, which is the first by columns. */
export function transpose(mask: Uint8Array, height: number, width: number): Uint8Array {
  const turned = new Uint8Array(mask.length)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) if (mask[at] !== 0) turned[x * height + y] = 1
  }
  return turned
}

function noCounts(at: number): MaskError {
  return new MaskError(
    `The run lengths end or are malformed at character ${at}. Write them as pycocotools does.`,
  )
}

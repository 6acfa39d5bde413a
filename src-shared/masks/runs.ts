/**
 * Binary masks as run lengths: row-major, alternating, the first run counts zeros and may be 0 (as
 * in COCO, but by rows). The exclusive or of two masks is a mask too, so what a stroke changed is
 * stored as runs, and is undone and redone by the same `xorRuns`.
 */
import { MaskError } from './mask.ts'

/** Run lengths of a mask, [pixels] u8; every value but 0 counts as 1. */
export function encodeRuns(mask: Uint8Array): number[] {
  const runs: number[] = []
  let foreground = false
  let start = 0
  for (let i = 0; i < mask.length; i++) {
    if ((mask[i] !== 0) === foreground) continue
    runs.push(i - start)
    start = i
    foreground = !foreground
  }
  runs.push(mask.length - start)
  return runs
}

/**
 * Runs of the pixels in which two masks differ; see `xorRuns`.
 * @param before [pixels] u8 of 0 and 1
 * @param after of the same length
 * @throws MaskError when the lengths differ
 */
export function encodeChange(before: Uint8Array, after: Uint8Array): number[] {
  checkLength(after, before.length)
  const change = new Uint8Array(before.length)
  for (let i = 0; i < change.length; i++) change[i] = before[i] ^ after[i]
  return encodeRuns(change)
}

/**
 * The mask of run lengths.
 * @param length pixels, H * W
 * @param out [pixels] u8; receives 0 and 1. Default a new array
 * @throws MaskError when the runs do not make up `length`, or `out` is of another length
 */
export function decodeRuns(
  runs: readonly number[],
  length: number,
  out: Uint8Array = new Uint8Array(length),
): Uint8Array {
  checkRuns(runs, length)
  checkLength(out, length)
  let at = 0
  runs.forEach((run, i) => out.fill(i & 1, at, (at += run)))
  return out
}

/**
 * Runs of the pixels in which two masks differ; of a mask and a change, the mask as it is after the
 * change, or as it was before.
 * @throws MaskError when the two are of different lengths or are no runs
 */
export function xorRuns(a: readonly number[], b: readonly number[]): number[] {
  checkRuns(b, sum(a))
  const ends = mergeSorted(edges(a), edges(b))
  const runs: number[] = []
  let start = 0
  for (let i = 0; i < ends.length; i++) {
    // Where both masks change, their difference does not.
    if (ends[i] === ends[i + 1]) i++
    else {
      runs.push(ends[i] - start)
      start = ends[i]
    }
  }
  runs.push(sum(a) - start)
  return runs
}

/** Pixels that are 1. */
export function countForeground(runs: readonly number[]): number {
  return runs.reduce((count, run, i) => (i & 1 ? count + run : count), 0)
}

/**
 * Checks run lengths that came from elsewhere.
 * @param length pixels, H * W
 * @throws MaskError when a run is negative or no whole number, or their sum is not `length`
 */
export function checkRuns(runs: readonly number[], length: number): void {
  const wrong = runs.findIndex((run) => !Number.isInteger(run) || run < 0)
  if (wrong >= 0) {
    throw new MaskError(
      `Run ${wrong} of the mask is ${runs[wrong]}: expected whole numbers from 0.`,
    )
  }
  const covered = sum(runs)
  if (covered !== length) {
    throw new MaskError(`The mask's runs cover ${covered} pixels, expected ${length}.`)
  }
}

function checkLength(mask: Uint8Array, length: number): void {
  if (mask.length === length) return
  throw new MaskError(`Expected a mask of ${length} pixels, got ${mask.length}.`)
}

function sum(runs: readonly number[]): number {
  return runs.reduce((total, run) => total + run, 0)
}

/** Where the mask changes its value, ascending; places passed twice by a run of 0 are left out. */
function edges(runs: readonly number[]): number[] {
  const found: number[] = []
  let at = 0
  for (const run of runs.slice(0, -1)) {
    at += run
    if (found.at(-1) === at) found.pop()
    else found.push(at)
  }
  return found
}

function mergeSorted(a: readonly number[], b: readonly number[]): number[] {
  const merged: number[] = []
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    merged.push(j === b.length || (i < a.length && a[i] <= b[j]) ? a[i++] : b[j++])
  }
  return merged
}

import { regionsOf } from './regions.ts'
import type { Stack } from './stack.ts'

/** Part of the threshold from which a place counts as moving in one frame. */
const PART = 0.5

/**
 * In which frames nothing moves at a swept place: it changes neither from the frame before nor to the
 * next one, and does not lie between two places of its region that do, along its row or its column.
 * So the inside of a thing of one colour, of which only the border changes, is not free.
 * @param steps [T - 1, H, W], as `measureChange` gives it
 * @param swept [H, W]
 * @returns [T, H, W]: 1 where the frame shows a swept place and nothing moves there
 */
export function freeFrames(
  steps: Float32Array,
  swept: Uint8Array,
  { frames, height, width, known }: Stack,
  threshold: number,
): Uint8Array {
  const pixels = height * width
  const free = new Uint8Array(frames * pixels)
  const { labels, sizes } = regionsOf(swept, height, width)
  const moves = new Uint8Array(pixels)
  const limit = PART * threshold
  const first = new Int32Array(sizes.length)
  const last = new Int32Array(sizes.length)
  const inside = new Uint8Array(pixels)
  for (let t = 0; t < frames; t++) {
    const before = (t - 1) * pixels
    const after = t * pixels
    for (let i = 0; i < pixels; i++) {
      const isMoving =
        swept[i] === 1 &&
        ((t > 0 && steps[before + i] > limit) || (t < frames - 1 && steps[after + i] > limit))
      moves[i] = isMoving ? 1 : 0
    }
    inside.set(moves)
    fillLines(
      moves,
      labels,
      inside,
      { lines: height, length: width, line: width, step: 1 },
      first,
      last,
    )
    fillLines(
      moves,
      labels,
      inside,
      { lines: width, length: height, line: 1, step: width },
      first,
      last,
    )
    for (let i = 0; i < pixels; i++) {
      if (swept[i] === 1 && inside[i] === 0 && known[after + i] === 1) free[after + i] = 1
    }
  }
  return free
}

/** Marks on each line what lies between the first and the last moving place of one region. */
function fillLines(
  moves: Uint8Array,
  labels: Int32Array,
  inside: Uint8Array,
  { lines, length, line, step }: { lines: number; length: number; line: number; step: number },
  first: Int32Array,
  last: Int32Array,
): void {
  for (let l = 0; l < lines; l++) {
    first.fill(-1)
    let isAny = false
    for (let k = 0, i = l * line; k < length; k++, i += step) {
      if (moves[i] === 0) continue
      isAny = true
      const label = labels[i]
      if (first[label] < 0) first[label] = k
      last[label] = k
    }
    if (!isAny) continue
    for (let k = 0, i = l * line; k < length; k++, i += step) {
      const label = labels[i]
      if (label !== 0 && first[label] >= 0 && k >= first[label] && k <= last[label]) inside[i] = 1
    }
  }
}

import { continueGround } from './continue-ground.ts'
import { freeFrames } from './free-frames.ts'
import { outsideOf } from './outside.ts'
import type { Stack } from './stack.ts'

/** What a stack shows behind and in front at each place. */
export interface Ground {
  /** [H, W, 3]: what is behind. */
  behind: Float32Array
  /** [H, W, 3]: what differs most from it of all that the place shows. */
  front: Float32Array
  /** [H, W]: 1 where any frame shows the place. */
  seen: Uint8Array
  /** [H, W]: 1 at swept places where both differ by more than the threshold. */
  telling: Uint8Array
}

/**
 * Tells for each place what is behind what moves. At rest it is what the frames show; at swept places
 * it is the most usual of what those frames show in which nothing moves there.
 * @param steps [T - 1, H, W], as `measureChange` gives it
 * @param swept [H, W], as `sweptPlaces` gives it
 * @param threshold change from which two colours differ, summed over RGB
 */
export function groundOf(
  stack: Stack,
  steps: Float32Array,
  swept: Uint8Array,
  threshold: number,
): Ground {
  const { behind, seen } = meanOfEnds(stack)
  const free = freeFrames(steps, swept, stack, threshold)
  const isFree = takeUsual(stack, free, behind)
  const open = swept.map((value, i) => value & (isFree[i] ^ 1))
  const sure = outsideOf(swept, seen, stack.height, stack.width)
  for (let i = 0; i < sure.length; i++) sure[i] |= isFree[i]
  continueGround(stack, open, sure, behind)
  const front = frontOf(stack, behind, isFree)
  const telling = isFree.map((value, i) =>
    value === 1 && apart(front, i, behind, i) > threshold ? 1 : 0,
  )
  return { behind, front, seen, telling }
}

/** The distance of two colours, summed over RGB. */
export function apart(a: Float32Array, i: number, b: Float32Array, j: number): number {
  return (
    Math.abs(a[3 * i] - b[3 * j]) +
    Math.abs(a[3 * i + 1] - b[3 * j + 1]) +
    Math.abs(a[3 * i + 2] - b[3 * j + 2])
  )
}

/** How many of the frames in which a place is free are compared, at most. */
const COMPARED = 16

/**
 * Takes for each place, of the frames in which it is free, the one that differs least from the others.
 * @param free [T, H, W] @param to [H, W, 3]; receives the ground at places that are free in any frame
 * @returns [H, W]: 1 at those places
 */
function takeUsual(
  { frames, height, width, data }: Stack,
  free: Uint8Array,
  to: Float32Array,
): Uint8Array {
  const pixels = height * width
  const isFree = new Uint8Array(pixels)
  const places = new Int32Array(frames)
  for (let i = 0; i < pixels; i++) {
    let count = 0
    for (let t = 0, q = i; t < frames; t++, q += pixels) if (free[q] === 1) places[count++] = q
    if (count === 0) continue
    isFree[i] = 1
    const step = Math.ceil(count / COMPARED)
    let least = Infinity
    let usual = places[0]
    for (let j = 0; j < count; j += step) {
      let sum = 0
      for (let k = 0; k < count && sum < least; k += step) {
        sum += apart(data, places[j], data, places[k])
      }
      if (sum >= least) continue
      least = sum
      usual = places[j]
    }
    for (let c = 0; c < 3; c++) to[3 * i + c] = data[3 * usual + c]
  }
  return isFree
}

/** The mean of what the first and the last frame that show each place show of it. */
function meanOfEnds({
  frames,
  height,
  width,
  data,
  known,
}: Stack): Pick<Ground, 'behind' | 'seen'> {
  const pixels = height * width
  const behind = new Float32Array(pixels * 3)
  const seen = new Uint8Array(pixels)
  for (let i = 0; i < pixels; i++) {
    let first = 0
    while (first < frames && known[first * pixels + i] === 0) first++
    if (first === frames) continue
    seen[i] = 1
    let last = frames - 1
    while (known[last * pixels + i] === 0) last--
    const p = (first * pixels + i) * 3
    const q = (last * pixels + i) * 3
    for (let c = 0; c < 3; c++) behind[3 * i + c] = (data[p + c] + data[q + c]) / 2
  }
  return { behind, seen }
}

/** What differs most from the ground, at the places of a mask. */
function frontOf(
  { frames, height, width, data, known }: Stack,
  behind: Float32Array,
  mask: Uint8Array,
): Float32Array {
  const pixels = height * width
  const front = behind.slice()
  for (let i = 0; i < pixels; i++) {
    if (mask[i] === 0) continue
    let most = 0
    let at = -1
    for (let t = 0, q = i; t < frames; t++, q += pixels) {
      if (known[q] === 0) continue
      const difference = apart(data, q, behind, i)
      if (difference <= most) continue
      most = difference
      at = q
    }
    if (at >= 0) for (let c = 0; c < 3; c++) front[3 * i + c] = data[3 * at + c]
  }
  return front
}

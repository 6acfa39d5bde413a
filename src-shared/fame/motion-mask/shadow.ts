import type { Stack } from './stack.ts'

/** What a shadow leaves of the light, at least and at most. */
const LEAST_LIGHT = 0.35
const MOST_LIGHT = 0.93
/** How far apart the shares of the three colours may lie at one place, which noise moves. */
const COLOURS_APART = 0.22
/** Half the side of the window that is compared, in pixels, and the step within it. */
const REACH = 4
const STEP = 2
/** How much of what a window shows may be left once the darkened ground is taken off. */
const LEFT = 0.5

/**
 * Whether a place of a frame shows the ground in a shadow: all colours are darkened alike, and what
 * the window around it shows is the ground's own texture, darkened. Where the ground has no texture,
 * shadow and front look alike; such a place does not count as a shadow.
 * @param t frame of the stack
 * @param i place on its canvas
 * @param behind [H, W, 3], the ground
 */
export function isShadow(
  { height, width, data, known }: Stack,
  t: number,
  i: number,
  behind: Float32Array,
): boolean {
  const q = t * height * width + i
  if (!isDarkenedAlike(data, 3 * q, behind, 3 * i)) return false
  const x = i % width
  const y = (i - x) / width
  const sums = [0, 0, 0]
  let products = 0
  let squares = 0
  let count = 0
  const visit = (each: (p: number, b: number) => void): void => {
    for (let v = Math.max(0, y - REACH); v <= Math.min(height - 1, y + REACH); v += STEP) {
      for (let u = Math.max(0, x - REACH); u <= Math.min(width - 1, x + REACH); u += STEP) {
        const n = v * width + u
        const p = t * height * width + n
        if (known[p] === 1 && isDarkenedAlike(data, 3 * p, behind, 3 * n)) each(3 * p, 3 * n)
      }
    }
  }
  visit((p, b) => {
    count++
    for (let c = 0; c < 3; c++) {
      sums[c] += data[p + c]
      products += data[p + c] * behind[b + c]
      squares += behind[b + c] * behind[b + c]
    }
  })
  if (count < 4) return false
  const share = products / squares
  let left = 0
  let shown = 0
  visit((p, b) => {
    for (let c = 0; c < 3; c++) {
      left += Math.abs(data[p + c] - share * behind[b + c])
      shown += Math.abs(data[p + c] - sums[c] / count)
    }
  })
  return left < LEFT * shown
}

function isDarkenedAlike(data: Float32Array, p: number, behind: Float32Array, b: number): boolean {
  const red = (data[p] + 4) / (behind[b] + 4)
  const green = (data[p + 1] + 4) / (behind[b + 1] + 4)
  const blue = (data[p + 2] + 4) / (behind[b + 2] + 4)
  const least = Math.min(red, green, blue)
  const most = Math.max(red, green, blue)
  return least > LEAST_LIGHT && most < MOST_LIGHT && most - least < COLOURS_APART
}

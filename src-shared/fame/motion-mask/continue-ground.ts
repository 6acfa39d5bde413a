import type { Stack } from './stack.ts'

/** How far the ground is continued, in pixels. */
const ROUNDS = 24

/**
 * Finds what is behind places that are never free: from the known ones inwards, each takes the
 * picture of the frame that is most like the ground beside it.
 * @param open [H, W]: 1 at the places that are looked for
 * @param isKnown [H, W]: 1 where `behind` is known
 * @param behind [H, W, 3]; receives the ground at open places that are reached
 */
export function continueGround(
  stack: Stack,
  open: Uint8Array,
  isKnown: Uint8Array,
  behind: Float32Array,
): void {
  const { height, width } = stack
  const known = isKnown.slice()
  let rest: number[] = []
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * width + 1; i < (y + 1) * width - 1; i++) if (open[i] === 1) rest.push(i)
  }
  const mean = new Float64Array(3)
  for (let round = 0; round < ROUNDS && rest.length > 0; round++) {
    const reached: number[] = []
    const left: number[] = []
    for (const i of rest) {
      const isReached = meanBeside(behind, known, i, width, mean)
      if (isReached) {
        takeNearest(stack, i, mean, behind)
        reached.push(i)
      } else {
        left.push(i)
      }
    }
    if (reached.length === 0) return
    for (const i of reached) known[i] = 1
    rest = left
  }
}

/** The mean of the known ground around a place; false where there is none. */
function meanBeside(
  behind: Float32Array,
  known: Uint8Array,
  i: number,
  width: number,
  mean: Float64Array,
): boolean {
  mean.fill(0)
  let count = 0
  for (let row = i - width; row <= i + width; row += width) {
    for (let n = row - 1; n <= row + 1; n++) {
      if (known[n] === 0) continue
      count++
      for (let c = 0; c < 3; c++) mean[c] += behind[3 * n + c]
    }
  }
  if (count < 2) return false
  for (let c = 0; c < 3; c++) mean[c] /= count
  return true
}

function takeNearest(
  { frames, height, width, data, known }: Stack,
  i: number,
  mean: Float64Array,
  behind: Float32Array,
): void {
  const pixels = height * width
  let least = Infinity
  for (let t = 0; t < frames; t++) {
    if (known[t * pixels + i] === 0) continue
    const p = (t * pixels + i) * 3
    const distance =
      Math.abs(data[p] - mean[0]) +
      Math.abs(data[p + 1] - mean[1]) +
      Math.abs(data[p + 2] - mean[2])
    if (distance >= least) continue
    least = distance
    for (let c = 0; c < 3; c++) behind[3 * i + c] = data[p + c]
  }
}

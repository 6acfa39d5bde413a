import type { Stack } from './stack.ts'

/** One place in so many is looked at, for the level and for medians: odd numbers, so that all columns are. */
const SAMPLED = 3
const SAMPLED_FOR_MEDIAN = 13
/** How much more than in the other steps the median place must change: this factor, and so many levels. */
const MORE = { factor: 1.5, levels: 2 }
/** Beyond this change, in grey levels summed over RGB, it is no coding: the picture is another one. */
const MOST = 60
/** The part of the steps that may be such. */
const FEW = 0.25

/** Places that change by no more from the frame before and to the next but one are at rest. */
const RESTING = 12
/** Of the places at rest, the part that changes less than the level. */
const BELOW_LEVEL = 0.85
/** The part of the places that must be at rest to tell it. */
const LEAST_RESTING = 0.15

/** What a codec at a low rate does to a clip. */
export interface CodingNoise {
  /** Places in the list of steps at which the whole picture changes, ascending. */
  steps: number[]
  /** How much places at rest change at the greatest of them, in grey levels summed over RGB; 0 if unknown. */
  level: number
}

/**
 * Finds the steps at which a codec codes the whole picture anew, with other errors than before, as at a
 * keyframe: the median place changes there far more than at the other steps. At a low rate places at
 * rest are repeated exactly between two such steps, so that a clip seems to have no noise; what changes
 * there tells how large the errors of each block are that is coded because something moves in or near it.
 * @param steps [T - 1, H, W], as `measureChange` gives it
 * @returns null where there is no such step
 */
export function codingNoise(steps: Float32Array, stack: Stack): CodingNoise | null {
  const medians = mediansOf(steps, stack)
  const sorted = medians.toSorted((a, b) => a - b)
  const usual = sorted[sorted.length >> 1]
  const most = sorted[sorted.length - 1]
  if (most < MORE.factor * usual + MORE.levels || most > MOST) return null
  const least = (usual + most) / 2
  const found = medians.flatMap((median, t) => (median >= least ? [t] : []))
  if (found.length > FEW * medians.length) return null
  return { steps: found, level: levelAt(medians.indexOf(most), steps, stack) }
}

/** How much places at rest change at a step, but for the few that change most. */
function levelAt(t: number, steps: Float32Array, { frames, height, width }: Stack): number {
  const pixels = height * width
  const from = t * pixels
  const rests = (i: number, step: number): boolean =>
    step < 0 || step > frames - 2 || steps[step * pixels + i] <= RESTING
  const resting = steps
    .subarray(from, from + pixels)
    .filter((_, i) => i % SAMPLED === 0 && rests(i, t - 1) && rests(i, t + 1))
    .sort()
  if (resting.length < (LEAST_RESTING * pixels) / SAMPLED) return 0
  return resting[Math.floor(BELOW_LEVEL * resting.length)]
}

/** [T - 1]: the change of the median place that both frames of a step show. */
function mediansOf(
  steps: Float32Array,
  { frames, height, width, known, isStill }: Stack,
): number[] {
  const pixels = height * width
  return Array.from({ length: frames - 1 }, (_, t) => {
    const from = t * pixels
    const seen = new Float32Array(Math.ceil(pixels / SAMPLED_FOR_MEDIAN))
    let count = 0
    for (let i = 0; i < pixels; i += SAMPLED_FOR_MEDIAN) {
      if (!isStill && known[from + i] + known[from + pixels + i] < 2) continue
      seen[count++] = steps[from + i]
    }
    const sorted = seen.subarray(0, count).sort()
    return count === 0 ? 0 : sorted[count >> 1]
  })
}

/** The greatest change of each place over the other steps. @returns [H, W] */
export function greatestWithout(
  steps: Float32Array,
  { steps: coded }: CodingNoise,
  { frames, height, width }: Stack,
): Float32Array {
  const pixels = height * width
  const greatest = new Float32Array(pixels)
  for (let t = 0; t < frames - 1; t++) {
    if (coded.includes(t)) continue
    for (let i = 0, q = t * pixels; i < pixels; i++, q++) {
      if (steps[q] > greatest[i]) greatest[i] = steps[q]
    }
  }
  return greatest
}

import type { Clip } from '../clip.ts'
import type { Memory } from './memory.ts'

/** Differences of grey levels, of all three colours together, from which a pixel has half a say. */
const SCALES = [150, 60, 30, 30]
/** One pixel in so many, along each axis, is looked at. */
const STRIDE = 3
/** Sums of three colours beyond which a pixel may be overexposed and not follow the light. */
const BRIGHTEST = 735
/** A change of light below this part is none. */
const LEAST = 0.008
/** Beyond these factors the estimate says nothing: one of the two frames is black, or all but black. */
const LEAST_GAIN = 0.1
const MOST_GAIN = 10

/**
 * How much brighter each frame of a clip is than its first: of each pair of frames the factor that
 * most of what they show agrees on, by iteratively reweighted means. What moves has little say. A
 * black frame has the light of the frame before, and the next is compared with that one.
 * @param clip [T, H, W, 3]
 * @returns [T], above 0, or null where the light does not change
 */
export function lightOf(clip: Clip): number[] | null {
  const light = [1]
  for (let t = 1, from = 0; t < clip.frames; t++) {
    const gain = gainOf(clip, from, t)
    const isSane = gain >= LEAST_GAIN && gain <= MOST_GAIN
    light.push(isSane ? light[from] * gain : light[from])
    if (gain >= LEAST_GAIN) from = t
  }
  return light.every((value) => value === 1) ? null : light
}

/** The factor from one frame to a later one; 1 where no pixel of the first tells it. */
function gainOf({ data, height, width }: Clip, from: number, to: number): number {
  const unit = data instanceof Uint8Array ? 1 : 255
  const length = height * width * 3
  let gain = 1
  for (const scale of SCALES) {
    let before = 0
    let after = 0
    for (let y = 0; y < height; y += STRIDE) {
      for (let i = from * length + y * width * 3, end = i + width * 3; i < end; i += 3 * STRIDE) {
        const a = (data[i] + data[i + 1] + data[i + 2]) * unit
        const j = i + (to - from) * length
        const b = (data[j] + data[j + 1] + data[j + 2]) * unit
        if (a > BRIGHTEST || b > BRIGHTEST) continue
        const error = (b - gain * a) / scale
        const weight = 1 / (1 + error * error) ** 2
        before += weight * a
        after += weight * b
      }
    }
    if (before === 0) return 1
    gain = after / before
  }
  return Math.abs(gain - 1) < LEAST ? 1 : gain
}

/** The clip in the light of its first frame, as floats, 0..1; overexposed pixels stay too dark or too light. */
export function inEvenLight(
  { data, frames, height, width }: Clip,
  light: readonly number[],
  memory: Memory,
): Clip {
  const unit = data instanceof Uint8Array ? 1 / 255 : 1
  const length = height * width * 3
  const even = memory.float('even', frames * length)
  for (let t = 0; t < frames; t++) {
    const factor = unit / light[t]
    for (let i = t * length; i < (t + 1) * length; i++) even[i] = data[i] * factor
  }
  return { data: even, frames, height, width }
}

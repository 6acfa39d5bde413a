import { noMotion, type Affine } from '../camera/motion.ts'
import type { Clip } from '../clip.ts'
import type { MotionMask } from './motion-masker.ts'

/** A frame with less than this part of the clip's usual brightness shows nothing to compare. */
const DARK = 0.1
/** The usual brightness is this quantile of the frames'. At least two frames reach it. */
const USUAL = 0.75
/** One pixel in so many is looked at. */
const STRIDE = 11

/**
 * The frames of a clip that are bright enough to be compared with others: a black frame would count
 * as a change of the whole picture.
 * @param clip [T, H, W, 3], T >= 2
 * @returns their numbers, ascending, at least two; null where all frames are
 */
export function litFrames(clip: Clip): number[] | null {
  const numbers = Array.from({ length: clip.frames }, (_, t) => t)
  const brightness = numbers.map((t) => brightnessOf(clip, t))
  const usual = brightness.toSorted((a, b) => a - b)[Math.floor(USUAL * (clip.frames - 1))]
  const lit = numbers.filter((t) => brightness[t] >= DARK * usual)
  return lit.length === clip.frames ? null : lit
}

/** The sum over some pixels of a frame. */
function brightnessOf({ data, height, width }: Clip, t: number): number {
  const length = height * width * 3
  let sum = 0
  for (let i = t * length; i < (t + 1) * length; i += 3 * STRIDE) {
    sum += data[i] + data[i + 1] + data[i + 2]
  }
  return sum
}

/** The clip of some frames alone. @param numbers ascending */
export function framesOf(clip: Clip, numbers: readonly number[]): Clip {
  const length = clip.height * clip.width * 3
  const data =
    clip.data instanceof Uint8Array
      ? new Uint8Array(numbers.length * length)
      : new Float32Array(numbers.length * length)
  numbers.forEach((t, i) => data.set(clip.data.subarray(t * length, (t + 1) * length), i * length))
  return { ...clip, data, frames: numbers.length }
}

/**
 * What was found in some frames, for the whole clip: in the others nothing is front, the camera has
 * not moved since the frame before, and the light is that of the frame before.
 * @param numbers of the frames that `found` is of, ascending
 * @param count T of the whole clip
 */
export function amongAllFrames(
  found: MotionMask,
  numbers: readonly number[],
  count: number,
): MotionMask {
  const pixels = found.mask.length
  const frames = new Uint8Array(count * pixels)
  const light: number[] = []
  const camera: Affine[] = []
  for (let t = 0, next = 0; t < count; t++) {
    const isLit = numbers[next] === t
    if (isLit) frames.set(found.frames.subarray(next * pixels, (next + 1) * pixels), t * pixels)
    light.push(isLit ? (found.light?.[next] ?? 1) : (light[t - 1] ?? 1))
    if (t > 0) camera.push((isLit ? found.camera?.[next - 1] : undefined) ?? noMotion())
    if (isLit) next++
  }
  return { ...found, frames, light: found.light && light, camera: found.camera && camera }
}

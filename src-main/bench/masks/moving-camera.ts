import type { Rng } from '#shared/random/rng.ts'
import type { LabelledClip } from './labelled-clip.ts'

/** The window that a moving camera sees, of sample videos of 128 x 96 pixels. */
export const WINDOW = { width: 96, height: 72 } as const

/** Upper left corner of the window in one frame, in pixels; need not be whole. */
export interface Corner {
  x: number
  y: number
}

/** Pixels between the first and the last frame of a clip. */
const PAN = [10, 22] as const
/** Pixels to either side. */
const SHAKE = 1.2
/** Frames of the clip in one period of the shaking. */
const SHAKE_PERIOD = [3, 5] as const
/** How far the window sinks and rises again, in pixels to either side. */
const DRIFT = 3

/**
 * A path as a hand leads a camera: it pans to one side at even speed, drifts up and down and shakes.
 * @param room how far the window can go along each axis, in pixels
 */
export function drawPath(rng: Rng, frames: number, room: Corner): Corner[] {
  const pan = rng.uniform(...PAN) * (rng.chance(0.5) ? 1 : -1)
  const wave = (): ((t: number) => number) => {
    const speed = (2 * Math.PI) / rng.uniform(...SHAKE_PERIOD)
    const phase = rng.uniform(0, 2 * Math.PI)
    return (t) => SHAKE * Math.sin(speed * t + phase)
  }
  const [shakeX, shakeY] = [wave(), wave()]
  const phase = rng.uniform(0, 2 * Math.PI)
  const within = (value: number, most: number): number => Math.min(most, Math.max(0, value))
  return Array.from({ length: frames }, (_, t) => {
    const part = t / (frames - 1)
    return {
      x: within(room.x / 2 + pan * (part - 0.5) + shakeX(t), room.x),
      y: within(room.y / 2 + DRIFT * Math.sin(2 * part + phase) + shakeY(t), room.y),
    }
  })
}

/** What a camera sees that moves over the picture: a window of each frame, bilinear, truth alike. */
export function cutWindows(
  { clip, truth }: LabelledClip,
  path: readonly Corner[],
  { height, width }: { height: number; width: number },
): LabelledClip {
  const data = new Uint8Array(clip.frames * height * width * 3)
  const cutTruth = new Uint8Array(clip.frames * height * width)
  const row = clip.width
  path.forEach((corner, t) => {
    const left = Math.min(Math.floor(corner.x), clip.width - width - 1)
    const top = Math.min(Math.floor(corner.y), clip.height - height - 1)
    const [fx, fy] = [corner.x - left, corner.y - top]
    const weights = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy]
    const mix = (values: Uint8Array, i: number, channels: number): number =>
      weights[0] * values[i] +
      weights[1] * values[i + channels] +
      weights[2] * values[i + row * channels] +
      weights[3] * values[i + (row + 1) * channels]
    for (let y = 0, out = t * height * width; y < height; y++) {
      const from = (t * clip.height + top + y) * row + left
      for (let x = 0; x < width; x++, out++) {
        for (let c = 0; c < 3; c++) {
          data[out * 3 + c] = Math.round(mix(clip.data, (from + x) * 3 + c, 3))
        }
        cutTruth[out] = mix(truth, from + x, 1) >= 0.5 ? 1 : 0
      }
    }
  })
  return { clip: { data, frames: clip.frames, height, width }, truth: cutTruth }
}

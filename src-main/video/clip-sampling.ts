/**
 * How clips are drawn from a video. A video shorter than a clip plays over again from its beginning:
 * indices are taken modulo its length.
 */
import { clipFrames, lastStart, startCount, type ClipShape } from '#shared/fame/clip-window.ts'
import type { Rng } from '#shared/random/rng.ts'
import { VideoError } from './video-error.ts'

/**
 * A clip at a random place, for pretraining: every start that fits is equally likely; in a video
 * that is too short for any, every frame is. Two calls give the two independent clips of a video.
 * @param length frames of the video
 * @returns [T] frame indices
 * @throws VideoError when the video has fewer than 2 frames
 */
export function drawClip(rng: Rng, length: number, shape: ClipShape): number[] {
  checkLength(length)
  return clipIndices(rng.int(startCount(shape, length)), length, shape)
}

/**
 * Clips spread evenly over the video, for evaluation: starts are linspace(0, last, clips), rounded,
 * where `last` is the last start that fits; a single clip is taken from the middle. All clips of a
 * video that is too short start at 0.
 * @param length frames of the video
 * @param clips how many, at least 1
 * @returns [clips, T] frame indices
 * @throws VideoError when the video has fewer than 2 frames
 */
export function evenlySpacedClips(length: number, clips: number, shape: ClipShape): number[][] {
  checkLength(length)
  if (!Number.isInteger(clips) || clips < 1) {
    throw new RangeError(`Expected a positive whole number of clips, got ${clips}.`)
  }
  const last = lastStart(shape, length)
  return Array.from({ length: clips }, (_, i) => {
    const place = clips === 1 ? 0.5 : i / (clips - 1)
    return clipIndices(Math.round(place * last), length, shape)
  })
}

/**
 * The clips that the reference evaluates: starts are linspace(0, last, clips), rounded down, where
 * `last` is the last start at which frames × stride frames fit, as torchvision's `VideoClips` and
 * `UniformClipSampler` give them, but for their rounding to float32.
 * @param length frames of the video
 * @returns [clips, T] frame indices
 * @throws VideoError for a video of fewer than frames × stride frames: the reference leaves it out
 */
export function referenceClips(length: number, clips: number, shape: ClipShape): number[][] {
  const span = shape.frames * shape.stride
  const last = length - span
  if (last < 0) {
    throw new VideoError(
      'out-of-range',
      `The video has ${length} frames; the reference does not test videos with fewer than ${span}. ` +
        "Set 'Clip geometry' to fitted to test it.",
    )
  }
  return Array.from({ length: clips }, (_, i) => {
    const start = clips === 1 ? 0 : Math.floor((i * last) / (clips - 1))
    return clipIndices(start, length, shape)
  })
}

/**
 * The frames of one clip, modulo the video's length.
 * @param start index of the clip's first frame
 */
export function clipIndices(start: number, length: number, shape: ClipShape): number[] {
  return clipFrames(start, shape).map((index) => index % length)
}

function checkLength(length: number): void {
  if (length >= 2) return
  throw new VideoError(
    'out-of-range',
    `A clip needs at least 2 frames to show motion, but the video has ${length}. Leave it out of the training and test splits.`,
  )
}

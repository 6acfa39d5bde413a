/**
 * Which frames of a video make up a clip: T frames at stride s from start b are the frames
 * b, b + s, ..., b + (T - 1) * s.
 */
export interface ClipShape {
  /** T, frames in a clip. */
  frames: number
  /** s, distance between two of them, in frames of the video; of a fraction, frames are rounded down. */
  stride: number
}

/** Frames of the video from the first to the last of a clip, both counted: (T - 1) * s + 1. */
export function clipSpan({ frames, stride }: ClipShape): number {
  return Math.floor((frames - 1) * stride) + 1
}

/** The frames of one clip of a video that is long enough for it. */
export function clipFrames(start: number, { frames, stride }: ClipShape): number[] {
  return Array.from({ length: frames }, (_, i) => start + Math.floor(i * stride))
}

/**
 * How many starts a clip may have: those with which it fits; in a video that is too short for any,
 * which then plays over again, every frame.
 */
export function startCount(shape: ClipShape, length: number): number {
  const starts = length - clipSpan(shape) + 1
  return starts > 0 ? starts : length
}

/** The greatest start at which a clip fits into `length` frames; 0 for a video that is too short. */
export function lastStart(shape: ClipShape, length: number): number {
  return Math.max(0, length - clipSpan(shape))
}

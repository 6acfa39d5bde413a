export interface ClipShape {
  /** Frames in the clip. */
  frames: number
  /** Distance between two of them. */
  stride: number
}

/** Frames of the video from the first to the last frame of a clip, both counted. */
export function clipSpan({ frames, stride }: ClipShape): number {
  return (frames - 1) * stride + 1
}

/** The greatest start at which the whole clip lies in a video of `count` frames; 0 for short ones. */
export function lastStart(shape: ClipShape, count: number): number {
  return Math.max(0, count - clipSpan(shape))
}

/** Frame indices of a clip. */
export function clipIndices(start: number, { frames, stride }: ClipShape): number[] {
  return Array.from({ length: frames }, (_, i) => start + i * stride)
}

/** The square that is cut from the centre of a picture, in its pixels: `[x, y, side]`. */
export function centreSquare(width: number, height: number): [number, number, number] {
  const side = Math.min(width, height)
  return [(width - side) / 2, (height - side) / 2, side]
}

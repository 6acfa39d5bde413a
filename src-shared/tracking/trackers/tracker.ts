/** Frames of a video, at one size. */
export interface Frames {
  frames: number
  height: number
  width: number
  /** [T, H, W, 3], RGB. */
  data: Uint8Array
}

/** The same with the objects of the first one. */
export interface Sequence extends Frames {
  /** Labels of the first frame, [H, W]: 0 is background, objects count from 1. */
  first: Uint8Array
  /** Labels L, background included. */
  labels: number
}

/**
 * Yields the labels of the second frame and of all that follow, each [H, W] and its own array. It
 * yields them one by one, so that callers can stop between two frames.
 */
export type Tracker = (sequence: Sequence) => Generator<Uint8Array, void, undefined>

/** What a frame is cut from. */
type Pictures = Omit<Frames, 'frames'>

/** One frame of a sequence, [H, W, 3]; not a copy. */
export function frameOf(sequence: Pictures, frame: number): Uint8Array {
  return framesOf(sequence, frame, 1)
}

/** Some frames of a sequence one after the other, [count, H, W, 3]; not a copy. */
export function framesOf(
  { data, height, width }: Pictures,
  start: number,
  count: number,
): Uint8Array {
  const length = height * width * 3
  return data.subarray(start * length, (start + count) * length)
}

/** The frames of a video, at one size. */
export interface Sequence {
  frames: number
  height: number
  width: number
  /** [T, H, W, 3], RGB. */
  data: Uint8Array
  /** Labels of the first frame, [H, W]: 0 is background, objects count from 1. */
  first: Uint8Array
  /** Labels L, background included. */
  labels: number
}

/**
 * Yields the labels of the second frame and of all that follow, each [H, W] and its own array. Work
 * between two frames may take long, so that callers can stop there.
 */
export type Tracker = (sequence: Sequence) => Generator<Uint8Array, void, undefined>

/** One frame of a sequence, [H, W, 3]; not a copy. */
export function frameOf({ data, height, width }: Sequence, frame: number): Uint8Array {
  const length = height * width * 3
  return data.subarray(frame * length, (frame + 1) * length)
}

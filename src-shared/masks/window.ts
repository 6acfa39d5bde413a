/**
 * Which stored mask counts for a clip. A mask is stored for a window of a video, the frames from
 * `start` at `stride`; a clip that overlaps it by half or more takes its mask.
 */
import { clipSpan, startCount, type ClipShape } from '../fame/clip-window.ts'

/** A clip of a video by its place in it: a window, or a clip that training draws. */
export interface ClipPlace extends ClipShape {
  /** Index of its first frame. */
  start: number
}

/** A window that carries a mask or a decision. */
export interface MaskWindow extends ClipPlace {
  /** When it was last changed: any number or text that grows with time. */
  changedAt: number | string
}

/** The part of a clip that must lie in a window for the window's mask to count. */
export const LEAST_OVERLAP = 0.5

/**
 * Part of the clip's span that lies in the window's, 0..1. A span is all frames of the video from
 * the first to the last, those between two strides too; one that is longer than the video plays it
 * over again, and so is all of the video.
 * @param length frames of the video
 */
export function overlap(clip: ClipPlace, window: ClipPlace, length: number): number {
  const [from, to] = spanOf(clip, length)
  const [start, end] = spanOf(window, length)
  return Math.max(0, Math.min(to, end) - Math.max(from, start)) / (to - from)
}

function spanOf(place: ClipPlace, length: number): [from: number, to: number] {
  const span = clipSpan(place)
  return span > length ? [0, length] : [place.start, place.start + span]
}

/**
 * The window that counts for a clip: greatest overlap, at least half; of equal ones the latest.
 * @param length frames of the video
 */
export function maskFor<W extends MaskWindow>(
  clip: ClipPlace,
  windows: readonly W[],
  length: number,
): W | null {
  let best: W | null = null
  let most = 0
  for (const window of windows) {
    const part = overlap(clip, window, length)
    if (part < LEAST_OVERLAP || part < most) continue
    if (best && part === most && window.changedAt < best.changedAt) continue
    best = window
    most = part
  }
  return best
}

/**
 * The frame of a window that a frame of its video belongs to, 0..T-1: of frames between two, the
 * nearer one, else the first; null for frames outside.
 */
export function frameOfWindow(index: number, { start, frames, stride }: ClipPlace): number | null {
  const span = clipSpan({ frames, stride })
  if (index < start || index >= start + span) return null
  return Math.floor((2 * (index - start) + stride - 1) / (2 * stride))
}

/** Whether a clip overlaps one of the windows by half or more. */
export function overlapsAny(
  clip: ClipPlace,
  windows: readonly ClipPlace[],
  length: number,
): boolean {
  return windows.some((window) => overlap(clip, window, length) >= LEAST_OVERLAP)
}

/** Whether there is a clip that overlaps none of the windows by half or more. */
export function hasStartOutside(
  shape: ClipShape,
  windows: readonly ClipPlace[],
  length: number,
): boolean {
  for (let start = 0; start < startCount(shape, length); start++) {
    if (!overlapsAny({ ...shape, start }, windows, length)) return true
  }
  return false
}

/**
 * The starts of clips that overlap none of the windows by half or more, ascending.
 * @param length frames of the video
 */
export function startsOutside(
  shape: ClipShape,
  windows: readonly ClipPlace[],
  length: number,
): number[] {
  const starts = Array.from({ length: startCount(shape, length) }, (_, start) => start)
  return starts.filter((start) => !overlapsAny({ ...shape, start }, windows, length))
}

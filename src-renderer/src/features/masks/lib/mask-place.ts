import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { ClipShape } from '#shared/fame/clip-window.ts'

/** Where in which video one is. */
export interface MaskPlace extends ClipShape {
  videoId: number | null
  /** First frame of the clip. */
  start: number
}

/** Limits of a clip's shape, as the host has them. */
export const shapeLimits = {
  frames: { min: 2, max: 128 },
  stride: { min: 1, max: 32 },
} as const

/** Reads an address; what it does not say is taken from `usual`. */
export function maskPlaceOf(query: LocationQuery, usual: MaskPlace): MaskPlace {
  const videoId = wholeIn(query.video, 1, Infinity)
  // A video that is named alone is looked at from its beginning.
  const start = wholeIn(query.start, 0, Infinity) ?? (videoId === undefined ? usual.start : 0)
  const { frames, stride } = shapeLimits
  return {
    videoId: videoId ?? usual.videoId,
    start,
    frames: wholeIn(query.frames, frames.min, frames.max) ?? usual.frames,
    stride: wholeIn(query.stride, stride.min, stride.max) ?? usual.stride,
  }
}

export function maskQueryOf({ videoId, start, frames, stride }: MaskPlace): LocationQueryRaw {
  return {
    video: videoId === null ? undefined : String(videoId),
    start: String(start),
    frames: String(frames),
    stride: String(stride),
  }
}

/** The nearest shape that is allowed, of whole numbers. */
export function allowedShape({ frames, stride }: ClipShape): ClipShape {
  const within = (value: number, { min, max }: { min: number; max: number }) =>
    Math.min(max, Math.max(min, Math.round(value)))
  return {
    frames: within(frames, shapeLimits.frames),
    stride: within(stride, shapeLimits.stride),
  }
}

function wholeIn(
  value: LocationQuery[string] | undefined,
  min: number,
  max: number,
): number | undefined {
  const text = [value].flat()[0]
  const number = Number(text)
  return text && Number.isInteger(number) && number >= min && number <= max ? number : undefined
}

/** A frame of a jump as a person writes it: `120`, `4.5 s`, `1:02.5`; null where it says neither. */
export function jumpTarget(text: string, fps: number): number | null {
  const frame = /^\s*(\d+)\s*$/.exec(text)
  if (frame) return Number(frame[1])
  const time = /^\s*(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)\s*s?\s*$/.exec(text)
  if (!time) return null
  const [hours, minutes, seconds] = time.slice(1).map((part) => Number(part ?? 0))
  return Math.floor((hours * 3600 + minutes * 60 + seconds) * fps + 1e-6)
}

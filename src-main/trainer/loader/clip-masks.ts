import { basename } from 'node:path'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import type { MaskUse } from '#shared/contract/runs.ts'
import type { Masker } from '#shared/fame/masker.ts'
import { carryMask } from '#shared/masks/geometry.ts'
import { MaskError, type Mask } from '#shared/masks/mask.ts'
import { unpackRuns } from '#shared/masks/packed-runs.ts'
import { unpackFrames, type FrameMasks } from '#shared/masks/frame-masks.ts'
import { decodeRuns } from '#shared/masks/runs.ts'
import { frameOfWindow, maskFor, type ClipPlace } from '#shared/masks/window.ts'
import type { Cut, ViewSpec } from '#shared/views/view-spec.ts'
import type { ListedMask, ListedWindow } from '../process/messages.ts'
import type { IndexedVideo } from './video-source.ts'

/** A clip that was drawn and cut, and what its mask depends on. */
export interface CutClip {
  video: IndexedVideo
  /** Frames of the video. */
  length: number
  place: ClipPlace
  /** Of the video's frames, in pixels. */
  frame: { height: number; width: number }
  cut: Cut
  /** [T, S, S, 3], floats in [0, 1]. */
  data: Float32Array
}

/** The same, with what each of its frames is. */
export interface CutFrames extends CutClip, Pick<ViewSpec, 'indices' | 'perFrame'> {}

export interface ClipMasksOptions {
  config: PretrainConfig
  masker: Masker
  /** Told when a stored mask cannot be used. */
  warn: (message: string) => void
}

type MaskKind = Exclude<keyof MaskUse, 'redrawn'>

/** Masks of a clip that is merged: one, or one a frame. */
export function masksOf({ maskPer, frames }: PretrainConfig): number {
  return maskPer === 'frame' ? frames : 1
}

/**
 * Writes the mask of a clip, or the masks of its frames: the clip's mask, and that of a frame where
 * the stored mask or the variant has one of its own for it.
 * @param out [S, S] u8, or [T, S, S] where masks are by frame
 * @returns as `fillMask`
 */
export function fillMasks(clip: CutFrames, out: Uint8Array, options: ClipMasksOptions): MaskKind {
  const { config } = options
  const pixels = config.size ** 2
  const kind = fillStored(clip, out.subarray(0, pixels), options)
  if (kind === null) return fillFame(clip, out, options)
  if (masksOf(config) === 1) return kind
  for (let at = pixels; at < out.length; at += pixels) out.copyWithin(at, 0, pixels)
  fillOwnFrames(clip, out, options)
  return kind
}

/** Writes the masks of frames that have their own. @param out [T, S, S] */
function fillOwnFrames(clip: CutFrames, out: Uint8Array, { config, warn }: ClipMasksOptions): void {
  const { video, place, length, frame, indices, perFrame, cut } = clip
  const window = maskFor(place, (video.windows ?? []).filter(hasMask), length)
  if (window?.mask.byFrame === undefined) return
  const pixels = config.size ** 2
  const own = ownMasks(window, frame, (message) => warn(`${basename(video.path)} ${message}`))
  indices.forEach((index, t) => {
    const at = frameOfWindow(index, window)
    const packed = at === null ? undefined : own.get(at)
    if (!packed) return
    const mask = decodeRuns(unpackRuns(packed.mask), frame.height * frame.width)
    const to = out.subarray(t * pixels, (t + 1) * pixels)
    carryMask({ data: mask, ...frame }, perFrame?.[t] ?? cut, config.size, to)
  })
}

function ownMasks(
  { start, frames, mask }: ListedWindow & { mask: ListedMask },
  { height, width }: CutClip['frame'],
  warn: (message: string) => void,
): FrameMasks {
  try {
    const bytes = Buffer.from(mask.byFrame ?? '', 'base64')
    return unpackFrames(bytes, { frames, pixels: height * width })
  } catch (error) {
    if (!(error instanceof MaskError)) throw error
    warn(`uses the mask of the clip for all frames at frame ${start}: ${error.message}`)
    return new Map()
  }
}

/**
 * Writes the mask of a clip: the stored one where the clip overlaps a corrected or approved window
 * by half or more, carried through the clip's own crop, resize and flip, whatever its area; else
 * FAME's, at the beta set for the clip, its class or the project, or the run's own.
 * @param out [S, S] u8
 * @returns which kind it is
 */
export function fillMask(clip: CutClip, out: Uint8Array, options: ClipMasksOptions): MaskKind {
  return fillStored(clip, out, options) ?? fillFame(clip, out, options)
}

function fillStored(
  clip: CutClip,
  out: Uint8Array,
  { config, warn }: ClipMasksOptions,
): MaskKind | null {
  const stored = storedMask(clip, warn)
  if (!stored) return null
  carryMask(stored.mask, clip.cut, config.size, out)
  return stored.kind
}

/** The mask stored for a clip, at the size of its video; null where there is none that can be used. */
export function storedMask(
  { video, place, length, frame }: Pick<CutClip, 'video' | 'place' | 'length' | 'frame'>,
  warn: (message: string) => void,
): { mask: Mask; kind: 'approved' | 'corrected' } | null {
  const window = maskFor(place, (video.windows ?? []).filter(hasMask), length)
  if (!window) return null
  try {
    const kind = window.state === 'approved' ? 'approved' : 'corrected'
    return { mask: decodeFor(window.mask, frame), kind }
  } catch (error) {
    if (!(error instanceof MaskError)) throw error
    warn(`${basename(video.path)} uses FAME's mask at frame ${window.start}: ${error.message}`)
    return null
  }
}

/**
 * The automatic mask of a clip, at the beta set for the clip, its class or the project, or the run's own.
 * @param out [S, S] u8, or [T, S, S]: the masks of the frames where the variant has some, else the clip's
 */
export function fillFame(
  { video, place, length, data }: Pick<CutClip, 'video' | 'place' | 'length' | 'data'>,
  out: Uint8Array,
  { config, masker }: Pick<ClipMasksOptions, 'config' | 'masker'>,
): MaskKind {
  const { frames, size, variant, adaptiveBeta, compensateMotion } = config
  const ofWindow = maskFor(place, (video.windows ?? []).filter(hasBeta), length)?.beta
  const chosen = ofWindow ?? video.beta
  const { mask, frames: byFrame } = masker.compute(
    { data, frames, height: size, width: size },
    {
      variant,
      beta: chosen ?? config.beta,
      adaptive: adaptiveBeta && chosen === undefined,
      fallback: config.adaptiveFallback,
      compensate: compensateMotion,
      border: config.cameraBorder,
      perspective: config.cameraPerspective,
      noise: config.motionNoise,
    },
  )
  if (out.length > mask.length && byFrame) out.set(byFrame)
  else for (let at = 0; at < out.length; at += mask.length) out.set(mask, at)
  return 'fame'
}

function decodeFor({ height, width, runs }: ListedMask, frame: CutClip['frame']): Mask {
  if (height !== frame.height || width !== frame.width) {
    throw new MaskError(
      `The stored mask has ${width} x ${height} pixels, the video ${frame.width} x ${frame.height}. ` +
        'Index the data set again and redo the correction.',
    )
  }
  const packed = Buffer.from(runs, 'base64')
  return { data: decodeRuns(unpackRuns(packed), height * width), height, width }
}

function hasMask(window: ListedWindow): window is ListedWindow & { mask: ListedMask } {
  return window.mask !== undefined
}

function hasBeta(window: ListedWindow): window is ListedWindow & { beta: number } {
  return window.beta !== undefined
}

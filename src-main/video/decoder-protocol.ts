/**
 * What the host and a decoder process say to each other, over Node's IPC channel (advanced
 * serialisation). Types only.
 */
import type { z } from 'zod'
import type {
  ClipWindow,
  MaskBase,
  MaskOrigin,
  MaskScore,
  TrueMask,
} from '#shared/contract/mask-windows.ts'
import type {
  MaskLayer,
  maskRequestSchema,
  MaskSummary,
  planesRequestSchema,
} from '#shared/contract/masks.ts'
import type { VideoProbe } from './probe.ts'
import type { RgbFrames } from './reader.ts'
import type { VideoErrorKind } from './video-error.ts'

export type PictureFormat = 'jpeg' | 'png'

/** Which clip, and how its mask is made. */
export type ClipMaskRequest = Omit<z.output<typeof maskRequestSchema>, 'videoId'>

/** A clip of a file. */
export type ClipPlace = Omit<ClipWindow, 'videoId'>

/** Which clip, and at what size its planes are made. */
export type PlanesRequest = Omit<z.output<typeof planesRequestSchema>, 'videoId'>

/** Some of a video's motion energy. */
export interface EnergyRun {
  values: number[]
  /** There are no more frames. */
  ended: boolean
}

export interface MaskOutput {
  summary: Omit<MaskSummary, 'videoId'>
  /** PNG of each layer asked for. */
  layers: Partial<Record<MaskLayer, Uint8Array>>
}

/** Each kind of job: what it takes and what it gives. Paths are absolute. */
export interface DecoderJobs {
  probe: { input: { path: string; verify: boolean }; output: VideoProbe }
  frames: { input: { path: string; indices: number[] }; output: RgbFrames }
  /** One frame, `width` pixels wide or at full size. */
  picture: {
    input: { path: string; index: number; format: PictureFormat; width: number | null }
    output: Uint8Array
  }
  /** JPEG of a frame from the middle. */
  thumbnail: { input: { path: string; width: number }; output: Uint8Array }
  mask: {
    input: { path: string; request: ClipMaskRequest; layers: MaskLayer[] }
    output: MaskOutput
  }
  /** The planes behind a clip's mask, as `encodePlanes` writes them. */
  planes: { input: { path: string; request: PlanesRequest }; output: Uint8Array }
  /** FAME's mask of a clip at the video's size. */
  'fame-mask': {
    input: { path: string; window: ClipPlace; origin: MaskOrigin }
    output: MaskBase
  }
  /** How sure FAME's mask of a clip is. */
  score: { input: { path: string; request: PlanesRequest }; output: MaskScore }
  /** The union of some frames of a gray mask video. */
  'true-mask': { input: { path: string; indices: number[] }; output: TrueMask }
  /** Motion energy from frame `from` on, as far as one gets in so many milliseconds. */
  energy: { input: { path: string; from: number; milliseconds: number }; output: EnergyRun }
}
export type DecoderJobType = keyof DecoderJobs
export type DecoderJob = {
  [K in DecoderJobType]: { type: K } & DecoderJobs[K]['input']
}[DecoderJobType]

/** One at a time: the next comes after the answer. */
export interface ToDecoder {
  id: number
  job: DecoderJob
}

/** Decoder to host. `kind` is null for a fault of the workbench. */
export type FromDecoder =
  | { type: 'ready' }
  /** The job is long and goes on. */
  | { type: 'progress'; id: number }
  | { type: 'done'; id: number; output: unknown }
  | { type: 'failed'; id: number; kind: VideoErrorKind | null; message: string }

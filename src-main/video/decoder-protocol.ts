/**
 * What the host and a decoder process say to each other, over Node's IPC channel (advanced
 * serialisation).
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
  /** Some of what was decoded so far is damaged. */
  damaged: boolean
}

export interface MaskOutput {
  summary: Omit<MaskSummary, 'videoId'>
  /** PNG of each layer asked for. */
  layers: Partial<Record<MaskLayer, Uint8Array>>
}

/** One frame as a picture. */
export interface PictureRequest {
  index: number
  format: PictureFormat
  /** Pixels; null for the video's own size. */
  width: number | null
  /** Rather than decode long, give the nearest frame that is to hand. */
  near: boolean
}

export interface FramePicture {
  /** Of the frame that is shown: that asked for, unless a near one was. */
  index: number
  bytes: Uint8Array
}

/** Each kind of job: what it takes and what it gives. Paths are absolute. */
export interface DecoderJobs {
  probe: { input: { path: string; verify: boolean }; output: VideoProbe }
  frames: { input: { path: string; indices: number[] }; output: RgbFrames }
  picture: { input: { path: string } & PictureRequest; output: FramePicture }
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

/** A near picture: answered beside another job, between the frames that this decodes. */
export function isNear(job: DecoderJob): boolean {
  return job.type === 'picture' && job.near
}

/**
 * Host to decoder. One job at a time, the next after the answer, but for one near picture, which is
 * answered beside it. A job that is cancelled is still answered, with a failure.
 */
export type ToDecoder =
  { type: 'job'; id: number; job: DecoderJob } | { type: 'cancel'; id: number }

/** Decoder to host. `kind` is null for a fault of the workbench. */
export type FromDecoder =
  | { type: 'ready' }
  /** The job is long and goes on. */
  | { type: 'progress'; id: number }
  | { type: 'done'; id: number; output: unknown }
  | { type: 'failed'; id: number; kind: VideoErrorKind | null; message: string }

/**
 * What the host and a decoder process say to each other, over Node's IPC channel (advanced
 * serialisation).
 */
import type { VideoProbe } from './probe.ts'
import type { RgbFrames } from './reader.ts'
import type { VideoErrorKind } from './video-error.ts'

export type PictureFormat = 'jpeg' | 'png'

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

/**
 * Each kind of job: what it takes and what it gives. Paths are absolute. These are the jobs that are
 * about decoding alone; a service that computes something of decoded frames adds its own by declaring
 * members of this interface, and hands `serveDecoder` their implementations.
 */
export interface DecoderJobs {
  probe: { input: { path: string; verify: boolean }; output: VideoProbe }
  frames: { input: { path: string; indices: number[] }; output: RgbFrames }
  picture: { input: { path: string } & PictureRequest; output: FramePicture }
  /** JPEG of a frame from the middle. */
  thumbnail: { input: { path: string; width: number }; output: Uint8Array }
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

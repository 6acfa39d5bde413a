import { statSync } from 'node:fs'
import { contentHash } from './content-hash.ts'
import { readFrameSequence, sequenceHash } from './frame-sequence.ts'
import { FrameSource } from './frame-source.ts'
import { missingOf } from './file-end/missing-of.ts'
import type { Missing } from './file-end/missing.ts'
import { openInput } from './open-input.ts'
import type { OpenInput, VideoInfo } from './open-input.ts'
import { countPackets } from './packet-count.ts'
import { VideoError } from './video-error.ts'
import type { VideoErrorKind } from './video-error.ts'

/** What is known of a video after reading its file. Null where the file could not tell. */
export type VideoProbe = { [K in keyof VideoInfo]: VideoInfo[K] | null } & {
  /** Frames as a decoder gives them. */
  frames: number | null
  /** The video was decoded through; else `frames` was counted from packets. */
  verified: boolean
  /** Do frames follow each other at different distances? */
  variableRate: boolean | null
  /** Damaged frames and undecodable packets; known where `verified`. */
  damaged: number
  /** Bytes; null where there is no such file. */
  size: number | null
  /** See `contentHash`; null for an empty file and one that cannot be read. */
  hash: string | null
  /** Null for a whole video. A damaged one has an error and, if some frames decode, their count. */
  error: string | null
  errorKind: VideoErrorKind | null
}

export interface ProbeOptions {
  /** Decode the whole video even where its packets can be counted. Default false. */
  verify?: boolean
  /** Called with every frame or packet, to show that the work goes on. */
  onProgress?: () => void
}

const unknown: VideoProbe = {
  width: null,
  height: null,
  fps: null,
  codec: null,
  pixelFormat: null,
  duration: null,
  headerFrames: null,
  colours: null,
  rotation: null,
  mirrored: null,
  frames: null,
  verified: false,
  variableRate: null,
  damaged: 0,
  size: null,
  hash: null,
  error: null,
  errorKind: null,
}

/**
 * Says what a video is. Reads every packet and decodes the first frame; decodes the whole video
 * where packets do not prove the number of frames, so also where the container shows damage. Damage
 * within packets is found only by decoding: ask for that with `verify`. A file that is no video
 * gives a probe with an error.
 */
export function probeVideo(path: string, options: ProbeOptions = {}): VideoProbe {
  const blank = { ...unknown, ...identify(path) }
  try {
    const input = openInput(path)
    try {
      return probeOpened(path, input, { ...blank, ...input.info }, options)
    } finally {
      input.close()
    }
  } catch (error) {
    if (!(error instanceof VideoError)) throw error
    return { ...blank, error: error.message, errorKind: error.kind }
  }
}

/** Why something cannot be read is said by opening it. */
function identify(path: string): Pick<VideoProbe, 'size' | 'hash'> {
  let size: number | null = null
  try {
    const stats = statSync(path)
    const frames = stats.isDirectory() ? readFrameSequence(path) : null
    if (frames?.missing === null) return sequenceHash(path, frames)
    size = stats.size
    const hash = stats.isFile() && size > 0 ? contentHash(path, size) : null
    return { size, hash }
  } catch {
    return { size, hash: null }
  }
}

function probeOpened(
  path: string,
  input: OpenInput,
  known: VideoProbe,
  { verify = false, onProgress }: ProbeOptions,
): VideoProbe {
  const missing = missingOf(path, input.container, input.size, onProgress)
  const { end, ...packets } = countPackets(input, onProgress)
  const counted = { ...known, ...packets }
  if (counted.frames !== null && !verify && missing === 'nothing') return counted
  const decoded = { ...counted, ...decodeAll(path, onProgress), verified: true }
  const { frames, damaged } = decoded
  if (frames === 0) {
    const error = 'No frame of the video can be decoded; copy or download it again.'
    return { ...decoded, error, errorKind: 'no-frame' }
  }
  const fault = damaged > 0 ? damageOf(damaged) : lackOf(decoded, input.container, missing, end)
  if (fault === null) return decoded
  const error = `${fault}; frames decoded: ${frames}. Use them with care, or copy or download the file again.`
  return { ...decoded, error, errorKind: 'damaged' }
}

function lackOf(
  probe: VideoProbe,
  container: string,
  missing: Missing,
  end: number,
): string | null {
  if (container !== 'image2') return shortfallOf(probe, missing, end)
  const { frames, headerFrames } = probe
  if (frames === null || headerFrames === null || frames >= headerFrames) return null
  return `Picture ${frames + 1} of ${headerFrames} is empty or cannot be read`
}

function damageOf(places: number): string {
  return `The stream is damaged in ${places === 1 ? 'one place' : `${places} places`}`
}

/** Part of a frame by which times may be rounded. */
const ROUNDING = 0.75

/**
 * What a file that was cut short lacks, by its header; null where what is missing holds no pictures,
 * such as an index at the end.
 */
function shortfallOf(
  { frames, headerFrames, fps, duration }: VideoProbe,
  missing: Missing,
  end: number,
): string | null {
  if (missing === 'nothing' || frames === null) return null
  const cut = 'The file is cut short'
  if (headerFrames !== null && frames < headerFrames) {
    return `${cut}: its header says ${headerFrames} frames`
  }
  if (headerFrames === null && duration !== null && fps !== null) {
    if (duration - end > ROUNDING / fps) return `${cut}: its header says ${duration.toFixed(2)} s`
  }
  if (missing === 'end')
    return `${cut}: the end mark that every complete file of its kind has is missing`
  return missing === 'pictures' ? `${cut} within its pictures` : null
}

function decodeAll(path: string, onProgress: (() => void) | undefined) {
  const source = new FrameSource(path)
  try {
    let frames = 0
    for (; source.next(); frames++) onProgress?.()
    return { frames, damaged: source.damaged }
  } finally {
    source.close()
  }
}

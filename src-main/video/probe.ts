import { statSync } from 'node:fs'
import type { VideoInfo } from './open-input.ts'
import { VideoReader } from './reader.ts'
import { VideoError } from './video-error.ts'
import type { VideoErrorKind } from './video-error.ts'

/** What is known of a video after reading it through. Null where the file could not tell. */
export type VideoProbe = { [K in keyof VideoInfo]: VideoInfo[K] | null } & {
  /** Frames as decoded. */
  frames: number | null
  /** Damaged frames and undecodable packets. */
  damaged: number
  /** Bytes; null where there is no such file. */
  size: number | null
  /** Null for a whole video. A damaged one has an error and, if some frames decode, their count. */
  error: string | null
  errorKind: VideoErrorKind | 'damaged' | null
}

const unknown: VideoProbe = {
  width: null,
  height: null,
  fps: null,
  codec: null,
  pixelFormat: null,
  duration: null,
  headerFrames: null,
  frames: null,
  damaged: 0,
  size: null,
  error: null,
  errorKind: null,
}

/** Reads a video through and says what it is. A file that is no video gives a probe with an error. */
export function probeVideo(path: string): VideoProbe {
  const result = { ...unknown, size: statSync(path, { throwIfNoEntry: false })?.size ?? null }
  try {
    return probeOpened(new VideoReader(path), result)
  } catch (error) {
    if (!(error instanceof VideoError)) throw error
    return { ...result, error: error.message, errorKind: error.kind }
  }
}

function probeOpened(reader: VideoReader, blank: VideoProbe): VideoProbe {
  try {
    const frames = reader.countFrames()
    const { damaged, info } = reader
    const known = { ...blank, ...info, frames, damaged }
    if (frames === 0) {
      const error = 'Not one frame of the video can be decoded; copy or download it again.'
      return { ...known, error, errorKind: 'no-frame' }
    }
    if (damaged === 0) return known
    const places = damaged === 1 ? 'one place' : `${damaged} places`
    const error = `The stream is damaged in ${places}; frames decoded: ${frames}. Use them with care, or copy or download the file again.`
    return { ...known, error, errorKind: 'damaged' }
  } finally {
    reader.close()
  }
}

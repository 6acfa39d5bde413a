import { statSync } from 'node:fs'
import {
  AV_DISPOSITION_ATTACHED_PIC,
  AV_DISPOSITION_TIMED_THUMBNAILS,
  AV_LOG_QUIET,
  AVMEDIA_TYPE_VIDEO,
} from 'node-av/constants'
import {
  avGetPixFmtName,
  Codec,
  CodecContext,
  Dictionary,
  FFmpegError,
  FormatContext,
  InputFormat,
  Log,
} from 'node-av/lib'
import type { Rational, Stream } from 'node-av/lib'
import { FRAME_RATE } from '#shared/contract/indexing.ts'
import { turnedSize } from '#shared/masks/orientation.ts'
import type { Orientation } from '#shared/masks/orientation.ts'
import { CONTAINER_LIST, foreignFormat } from './container-formats.ts'
import { coloursOf } from './frame-colours.ts'
import { framePaths, framePattern, readFrameSequence } from './frame-sequence.ts'
import type { FrameSequence } from './frame-sequence.ts'
import { orientationOf } from './orientation.ts'
import { VideoError } from './video-error.ts'

// FFmpeg would print what it finds to stderr; every finding is reported as a VideoError instead.
Log.setLevel(AV_LOG_QUIET)

/** What the container and the codec say about a video, before decoding. */
export interface VideoInfo extends Orientation {
  /** Pixels, of pictures as they are shown: turned. */
  width: number
  height: number
  /** Frames a second on average; null where the container has no rate. */
  fps: number | null
  codec: string
  /** FFmpeg's name, such as yuv420p. */
  pixelFormat: string
  /** Matrix and range in words; null where pictures are converted as those of untagged videos. */
  colours: string | null
  /** Seconds; null where the container does not say. */
  duration: number | null
  /** Frames by the header, which may be wrong; null where it does not say. */
  headerFrames: number | null
}

/** An open file with its decoder. `close` frees both. */
export interface OpenInput {
  format: FormatContext
  decoder: CodecContext
  stream: Stream
  info: VideoInfo
  /** FFmpeg's names for the container, separated by commas. */
  container: string
  /** Bytes. */
  size: number
  close(): void
}

/**
 * Opens a video, or a folder of numbered frames as one, and its decoder (one thread, so that results do not depend on timing).
 *
 * @throws VideoError unreadable, empty, not-video, no-video-stream or unsupported-codec
 */
export function openInput(path: string): OpenInput {
  const { size, frames } = identify(path)
  const format = new FormatContext()
  const decoder = new CodecContext()
  const close = () => {
    decoder.freeContext()
    format.closeInputSync()
  }
  try {
    if (frames) openFrames(format, path, frames)
    else openContainer(format, path)
    const stream = findVideo(format)
    openDecoder(decoder, stream)
    const info = describe(format, stream, decoder)
    // FFmpeg ends at the first picture that it cannot read, without a word.
    if (frames) info.headerFrames = frames.last - frames.first + 1
    const container = format.iformat?.name ?? ''
    return { format, decoder, stream, info, container, size, close }
  } catch (error) {
    close()
    throw error
  }
}

/** Bytes of a file that is there, readable and not empty; or the frames that a folder holds. */
function identify(path: string): { size: number; frames: FrameSequence | null } {
  const stats = statOf(path)
  const frames = stats.isDirectory() ? readFrameSequence(path) : null
  if (frames) return { size: stats.size, frames }
  if (!stats.isFile()) {
    throw new VideoError(
      'unreadable',
      `${path} is neither a video file nor a folder of numbered frames. Choose one of these.`,
    )
  }
  if (stats.size === 0) {
    throw new VideoError('empty', 'The file is empty (0 bytes); copy or download it again.')
  }
  return { size: stats.size, frames: null }
}

function statOf(path: string) {
  try {
    return statSync(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    const fact =
      code === 'ENOENT' ? `There is no file ${path}` : `The file ${path} cannot be read (${code})`
    throw new VideoError('unreadable', `${fact}; check the path and its permissions.`)
  }
}

function openContainer(format: FormatContext, path: string): void {
  format.allocContext()
  // A file inside a data set must make FFmpeg read nothing but itself.
  const options = Dictionary.fromObject({
    protocol_whitelist: 'file',
    format_whitelist: CONTAINER_LIST,
  })
  const status = format.openInputSync(`file:${path}`, null, options)
  options.free()
  if (status < 0) throw openError(status, path)
  const found = format.findStreamInfoSync(null)
  if (found < 0) throw openError(found, path)
}

/** Opens a folder of pictures as one video, frame by frame in the order of their numbers. */
function openFrames(format: FormatContext, folder: string, frames: FrameSequence): void {
  const { first, last, missing } = frames
  if (missing !== null) {
    throw new VideoError(
      'damaged',
      `The folder has frames from ${first} to ${last} but no frame ${missing}. Extract the frames again, or number them without gaps.`,
    )
  }
  format.allocContext()
  const options = Dictionary.fromObject({
    protocol_whitelist: 'file',
    format_whitelist: 'image2',
    pattern_type: 'sequence',
    start_number: String(first),
    start_number_range: '1',
    framerate: String(FRAME_RATE),
  })
  const demuxer = InputFormat.findInputFormat('image2')
  const status = format.openInputSync(`file:${framePattern(folder, frames)}`, demuxer, options)
  options.free()
  if (status < 0) throw openError(status, framePaths(folder, frames)[0])
  const found = format.findStreamInfoSync(null)
  if (found < 0) throw openError(found, framePaths(folder, frames)[0])
}

function openError(status: number, path: string): VideoError {
  const reason = FFmpegError.strerror(status)
  if (/permission|no such file/i.test(reason)) {
    return new VideoError(
      'unreadable',
      `The file ${path} cannot be read (${reason}); check its permissions.`,
    )
  }
  const foreign = foreignFormat(path)
  if (foreign !== null) {
    return new VideoError(
      'not-video',
      `This file is not itself a video: FFmpeg recognises it as "${foreign}". Playlists, scripts and pictures are not opened; index the videos that they name.`,
    )
  }
  return new VideoError(
    'not-video',
    `This is not a video that FFmpeg can open, or its beginning is cut off or damaged (${reason}); copy or download it again.`,
  )
}

function findVideo(format: FormatContext): Stream {
  const { streams } = format
  const best = streams[format.findBestStream(AVMEDIA_TYPE_VIDEO)]
  if (best && !isAttached(best)) return best
  const videos = streams.filter(({ codecpar }) => codecpar.codecType === AVMEDIA_TYPE_VIDEO)
  const other = videos.find((stream) => !isAttached(stream))
  if (other) return other
  const cover = videos.length > 0 ? ', only a cover picture' : ''
  throw new VideoError(
    'no-video-stream',
    `The file has no video stream${cover} (streams: ${format.nbStreams}); choose a file with moving pictures.`,
  )
}

/** Is it a picture that goes with the file, such as the cover of an album? */
function isAttached({ disposition }: Stream): boolean {
  return (disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS)) !== 0
}

function openDecoder(decoder: CodecContext, stream: Stream): void {
  const codec = Codec.findDecoder(stream.codecpar.codecId)
  if (!codec) {
    throw new VideoError(
      'unsupported-codec',
      `FFmpeg has no decoder for codec number ${stream.codecpar.codecId}; convert the video to H.264.`,
    )
  }
  decoder.allocContext3(codec)
  decoder.parametersToContext(stream.codecpar)
  decoder.pktTimebase = stream.timeBase
  decoder.threadCount = 1
  const status = decoder.open2Sync(codec)
  if (status >= 0) return
  throw new VideoError(
    'unsupported-codec',
    `The ${codec.name} decoder refuses this stream (${FFmpegError.strerror(status)}); convert the video to H.264.`,
  )
}

function describe(format: FormatContext, stream: Stream, decoder: CodecContext): VideoInfo {
  const codecName = Codec.findDecoder(stream.codecpar.codecId)?.name ?? 'unknown'
  const orientation = orientationOf(stream)
  return {
    ...turnedSize(decoder, orientation),
    ...orientation,
    fps: rate(stream.avgFrameRate) ?? rate(stream.rFrameRate),
    codec: codecName,
    pixelFormat: avGetPixFmtName(decoder.pixelFormat) ?? 'unknown',
    colours: coloursOf(stream.codecpar, decoder.pixelFormat),
    duration: duration(format, stream),
    headerFrames: stream.nbFrames > 0n ? Number(stream.nbFrames) : null,
  }
}

function rate({ num, den }: Rational): number | null {
  return num > 0 && den > 0 ? num / den : null
}

function duration(format: FormatContext, stream: Stream): number | null {
  const { num, den } = stream.timeBase
  if (stream.duration > 0n && den > 0) return (Number(stream.duration) * num) / den
  return format.duration > 0n ? Number(format.duration) / 1e6 : null
}

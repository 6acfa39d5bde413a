import { basename, dirname, extname, join } from 'node:path'
import {
  AV_CODEC_FLAG_BITEXACT,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_CODEC_FLAG_QSCALE,
  AV_LOG_QUIET,
  AV_OPT_SEARCH_CHILDREN,
  AV_OPT_TYPE_STRING,
  AV_PIX_FMT_GRAY8,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_YUV420P,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  AVFMT_FLAG_BITEXACT,
  FF_QP2LAMBDA,
  SWS_ACCURATE_RND,
  SWS_BICUBIC,
  SWS_BITEXACT,
} from 'node-av/constants'
import type { SwsFlags } from 'node-av/constants'
import {
  Codec,
  CodecContext,
  FFmpegError,
  FormatContext,
  Frame,
  Log,
  Packet,
  Rational,
  SoftwareScaleContext,
} from 'node-av/lib'
import type { Stream } from 'node-av/lib'
import { PartFile } from '../base/files/atomic-write.ts'

// Encoders would print what they do to stderr; what goes wrong is thrown.
Log.setLevel(AV_LOG_QUIET)

export interface WriteVideoOptions {
  /** Pixels, even but for ffv1. */
  width: number
  height: number
  /** Frames a second; one that is no integer is taken as n/1001 or to a thousandth. */
  fps: number
  /**
   * `mpeg4` (the default) and `h264` (with B-frames) take RGB u8 [H, W, 3]; `ffv1` is lossless and takes
   * gray u8 [H, W].
   */
  codec?: 'mpeg4' | 'h264' | 'ffv1'
  /** Quantiser of mpeg4, 1 (best) to 31. Default 3. */
  quality?: number
  /** Frames from one keyframe to the next. Default 12. */
  keyframeInterval?: number
}

const ENCODERS = { mpeg4: 'mpeg4', h264: 'libx264', ffv1: 'ffv1' } as const
const MUXERS: Record<string, string> = { '.mkv': 'matroska', '.mp4': 'mp4' }

/** Closest simple fraction of a frame rate: 25 -> 25/1, 29.97 -> 30000/1001. */
export function frameRate(fps: number): { num: number; den: number } {
  if (!(fps > 0) || !Number.isFinite(fps)) {
    throw new RangeError(`Frame rate ${fps} is not positive; give frames a second, such as 25.`)
  }
  if (Number.isInteger(fps)) return { num: fps, den: 1 }
  const ntsc = Math.round(fps) * 1000
  if (Math.abs(ntsc / 1001 - fps) < 0.005) return { num: ntsc, den: 1001 }
  return { num: Math.round(fps * 1000), den: 1000 }
}

/** One open output file: encoder, muxer and the RGB conversion. */
class VideoSink {
  private readonly format = new FormatContext()
  private readonly encoder = new CodecContext()
  private readonly input: Frame
  private readonly stream: Stream
  private readonly packet = new Packet()
  private readonly frameBytes: number
  private scaler: SoftwareScaleContext | null = null
  private converted: Frame | null = null
  private count = 0n

  constructor(file: string, options: WriteVideoOptions) {
    const { width, height } = options
    const lossless = options.codec === 'ffv1'
    const muxer = MUXERS[extname(file)] ?? 'avi'
    FFmpegError.throwIfError(this.format.allocOutputContext2(null, muxer, file), `create ${file}`)
    this.format.setFlags(AVFMT_FLAG_BITEXACT)
    this.frameBytes = width * height * (lossless ? 1 : 3)
    this.configureEncoder(options, lossless)
    if (muxer !== 'avi') this.encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER)
    this.openEncoder(options)
    this.stream = this.openStream()
    FFmpegError.throwIfError(this.format.openOutputSync(), `open ${file}`)
    FFmpegError.throwIfError(this.format.writeHeaderSync(), `write the header of ${file}`)
    this.packet.alloc()
    this.input = allocateFrame(width, height, lossless ? AV_PIX_FMT_GRAY8 : AV_PIX_FMT_RGB24)
    if (!lossless) {
      this.converted = allocateFrame(width, height, AV_PIX_FMT_YUV420P)
      this.converted.quality = this.encoder.globalQuality
      this.scaler = openScaler(width, height)
    }
  }

  private configureEncoder(options: WriteVideoOptions, lossless: boolean): void {
    const { num, den } = frameRate(options.fps)
    const { encoder } = this
    encoder.allocContext3(findEncoder(options.codec))
    encoder.width = options.width
    encoder.height = options.height
    encoder.pixelFormat = lossless ? AV_PIX_FMT_GRAY8 : AV_PIX_FMT_YUV420P
    encoder.timeBase = new Rational(den, num)
    encoder.framerate = new Rational(num, den)
    encoder.gopSize = lossless ? 1 : (options.keyframeInterval ?? 12)
    encoder.maxBFrames = options.codec === 'h264' ? 2 : 0
    encoder.threadCount = 1
    encoder.setFlags(AV_CODEC_FLAG_BITEXACT)
    if (!lossless && options.codec !== 'h264') {
      encoder.setFlags(AV_CODEC_FLAG_QSCALE)
      encoder.globalQuality = FF_QP2LAMBDA * (options.quality ?? 3)
    }
  }

  private openEncoder({ codec, keyframeInterval = 12 }: WriteVideoOptions): void {
    const options = codec === 'h264' ? x264Options(keyframeInterval) : {}
    for (const [name, value] of Object.entries(options)) {
      const status = this.encoder.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN)
      FFmpegError.throwIfError(status, `set ${name} of the encoder`)
    }
    FFmpegError.throwIfError(this.encoder.open2Sync(), 'open the encoder')
  }

  private openStream(): Stream {
    const stream = this.format.newStream()
    stream.timeBase = this.encoder.timeBase
    stream.avgFrameRate = this.encoder.framerate
    FFmpegError.throwIfError(
      stream.codecpar.fromContext(this.encoder),
      'hand the encoder parameters to the muxer',
    )
    return stream
  }

  write(pixels: Uint8Array): void {
    if (pixels.length !== this.frameBytes) {
      throw new RangeError(
        `Frame ${this.count} has ${pixels.length} bytes, expected ${this.frameBytes}; give u8 in [H, W, channels] order.`,
      )
    }
    const bytes = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength)
    FFmpegError.throwIfError(this.input.fromBuffer(bytes), 'copy a frame')
    const frame = this.converted ?? this.input
    if (this.scaler && this.converted) {
      FFmpegError.throwIfError(
        this.scaler.scaleFrameSync(this.converted, this.input),
        'convert a frame to YUV',
      )
    }
    frame.pts = this.count
    this.count += 1n
    this.encode(frame)
  }

  /** `null` drains the encoder. */
  private encode(frame: Frame | null): void {
    FFmpegError.throwIfError(this.encoder.sendFrameSync(frame), 'encode a frame')
    for (;;) {
      const status = this.encoder.receivePacketSync(this.packet)
      if (status === AVERROR_EAGAIN || status === AVERROR_EOF) return
      FFmpegError.throwIfError(status, 'encode a frame')
      this.packet.streamIndex = this.stream.index
      this.packet.duration = 1n
      this.packet.rescaleTs(this.encoder.timeBase, this.stream.timeBase)
      FFmpegError.throwIfError(this.format.interleavedWriteFrameSync(this.packet), 'write a frame')
    }
  }

  /** Returns the number of frames written. */
  finish(): number {
    if (this.count === 0n) throw new RangeError('A video needs at least one frame.')
    this.encode(null)
    FFmpegError.throwIfError(this.format.writeTrailerSync(), 'finish the file')
    return Number(this.count)
  }

  close(): void {
    this.format.closeOutputSync()
    this.encoder.freeContext()
    this.format.freeContext()
    this.scaler?.freeContext()
    this.converted?.free()
    this.input.free()
    this.packet.free()
  }
}

/** Keyframes where the interval says, wherever the scene changes. */
function x264Options(keyframeInterval: number): Record<string, string> {
  const interval = `keyint=${keyframeInterval}:scenecut=0`
  return { preset: 'veryfast', crf: '23', 'x264-params': interval }
}

function findEncoder(codec: keyof typeof ENCODERS = 'mpeg4'): Codec {
  const name = ENCODERS[codec]
  const found = Codec.findEncoderByName(name as Parameters<typeof Codec.findEncoderByName>[0])
  if (found) return found
  throw new Error(`This build of FFmpeg has no ${name} encoder; reinstall node-av.`)
}

function allocateFrame(width: number, height: number, format: typeof AV_PIX_FMT_RGB24): Frame {
  const frame = new Frame()
  frame.alloc()
  frame.width = width
  frame.height = height
  frame.format = format
  FFmpegError.throwIfError(frame.allocBuffer(), `allocate a frame of ${width}x${height}`)
  return frame
}

function openScaler(width: number, height: number): SoftwareScaleContext {
  const scaler = new SoftwareScaleContext()
  const flags = (SWS_BICUBIC | SWS_ACCURATE_RND | SWS_BITEXACT) as SwsFlags
  scaler.getContext(width, height, AV_PIX_FMT_RGB24, width, height, AV_PIX_FMT_YUV420P, flags)
  return scaler
}

/**
 * Encodes frames as MPEG-4 part 2 (or H.264, or lossless FFV1) in AVI, or in Matroska or MP4 where
 * `path` ends in `.mkv` or `.mp4`. The same frames give the same bytes. The file appears under its name only when complete.
 * Returns the number of frames.
 *
 * @throws RangeError for no frame, a frame of the wrong length or a frame rate that is not positive
 * @throws FFmpegError where the file cannot be written
 */
export async function writeVideo(
  path: string,
  options: WriteVideoOptions,
  frames: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<number> {
  const extension = extname(path)
  // The encoder tells the container by the extension.
  const name = `.${basename(path, extension)}.${process.pid}.part${extension}`
  const part = new PartFile(path, join(dirname(path), name))
  try {
    const count = await encodeAll(part.path, options, frames)
    await part.keep('none')
    return count
  } catch (error) {
    await part.drop()
    throw error
  }
}

async function encodeAll(
  file: string,
  options: WriteVideoOptions,
  frames: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<number> {
  const sink = new VideoSink(file, options)
  try {
    for await (const pixels of frames) sink.write(pixels)
    return sink.finish()
  } finally {
    sink.close()
  }
}

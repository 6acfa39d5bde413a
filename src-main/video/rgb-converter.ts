import {
  AV_OPT_TYPE_FLAGS,
  AV_PIX_FMT_RGB24,
  SWS_ACCURATE_RND,
  SWS_BILINEAR,
  SWS_FULL_CHR_H_INT,
} from 'node-av/constants'
import { avImageCopyToBuffer, FFmpegError, Frame, SoftwareScaleContext } from 'node-av/lib'
import { isUpright, turnedSize, UPRIGHT } from '#shared/masks/orientation.ts'
import type { Orientation } from '#shared/masks/orientation.ts'
import { reduceColourTags } from './frame-colours.ts'
import { turnPicture } from './orientation.ts'

/**
 * Exact rounding, so that colours do not depend on the width; about one level of 255 lighter than the
 * fast conversion of a whole picture, which rounds down.
 */
const SCALING = SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT

/** Pixels. */
export interface PictureSize {
  height: number
  width: number
}

/** One picture, u8 RGB. */
export interface RgbPicture {
  /** [H, rowBytes], of each row the first W * 3. */
  data: Uint8Array
  frames: 1
  rowBytes: number
  /** Pixels. */
  width: number
  height: number
}

/**
 * Converts frames of any pixel format to packed RGB of one size, through swscale, by the matrix and
 * range that the frame's tags name (see `reduceColourTags`), and turns them as a player does. At equal
 * sizes this is the conversion that OpenCV and PyAV make; other sizes are scaled bilinearly, over the
 * area that a pixel covers.
 */
export class RgbConverter {
  readonly frameBytes: number
  readonly width: number
  readonly height: number
  private readonly orientation: Orientation
  /** Before turning. Rows are padded here: swscale writes whole vectors, past the end of a tight row. */
  private readonly rgb: Frame
  private readonly stored: RgbPicture
  /** Null where nothing is turned. */
  private readonly turned: RgbPicture | null
  /** For frames of the size of the result, and for all others. */
  private readonly scalers = { same: openScaler(SWS_BILINEAR), other: openScaler(SCALING) }

  /**
   * @param size of the result in pixels
   * @throws RangeError for a size that is not whole and positive
   */
  constructor({ width, height }: PictureSize, orientation: Orientation = UPRIGHT) {
    if (![width, height].every((side) => Number.isInteger(side) && side > 0)) {
      throw new RangeError(
        `A picture cannot have ${width}x${height} pixels; give whole numbers from 1.`,
      )
    }
    this.width = width
    this.height = height
    this.frameBytes = width * height * 3
    this.orientation = orientation
    this.rgb = allocateRgb(turnedSize({ width, height }, orientation))
    this.stored = pictureOf(this.rgb)
    const data = isUpright(orientation) ? null : new Uint8Array(this.frameBytes)
    this.turned = data && { data, frames: 1, rowBytes: width * 3, width, height }
  }

  /** The frame as RGB in memory of the converter, valid until the next call. */
  picture(frame: Frame): RgbPicture {
    this.scale(frame)
    if (!this.turned) return this.stored
    turnPicture(this.stored, this.orientation, this.turned.data)
    return this.turned
  }

  /** Writes u8 [H, W, 3] to `target` from `offset`. */
  convert(frame: Frame, target: Uint8Array, offset: number): void {
    this.scale(frame)
    const view = Buffer.from(target.buffer, target.byteOffset + offset, this.frameBytes)
    if (this.turned) return turnPicture(this.stored, this.orientation, view)
    const { width, height } = this
    const copied = avImageCopyToBuffer(
      view,
      this.frameBytes,
      this.rgb.data ?? [],
      this.rgb.linesize,
      AV_PIX_FMT_RGB24,
      width,
      height,
      1,
    )
    FFmpegError.throwIfError(copied, 'copy a frame')
  }

  close(): void {
    this.scalers.same.freeContext()
    this.scalers.other.freeContext()
    this.rgb.free()
  }

  private scale(frame: Frame): void {
    const { width, height } = this.stored
    const isSame = frame.width === width && frame.height === height
    const scaler = isSame ? this.scalers.same : this.scalers.other
    reduceColourTags(frame)
    FFmpegError.throwIfError(scaler.scaleFrameSync(this.rgb, frame), 'convert a frame to RGB')
  }
}

function allocateRgb({ width, height }: PictureSize): Frame {
  const frame = new Frame()
  frame.alloc()
  frame.width = width
  frame.height = height
  frame.format = AV_PIX_FMT_RGB24
  FFmpegError.throwIfError(frame.allocBuffer(), `allocate a frame of ${width}x${height}`)
  return frame
}

function pictureOf({ data, linesize, width, height }: Frame): RgbPicture {
  return { data: data![0], frames: 1, rowBytes: linesize[0], width, height }
}

/** It takes size, format and colours from each frame: a stream may change them on the way. */
function openScaler(flags: number): SoftwareScaleContext {
  const scaler = new SoftwareScaleContext()
  scaler.allocContext()
  const status = scaler.setOption('sws_flags', flags, AV_OPT_TYPE_FLAGS)
  FFmpegError.throwIfError(status, 'choose how frames are scaled')
  return scaler
}

/** Sizes whose converters are kept. */
const KEPT_SIZES = 4

/** Converters of one video for the sizes asked for last. */
export class RgbConverters {
  private converters: RgbConverter[] = []
  private readonly orientation: Orientation

  constructor(orientation: Orientation) {
    this.orientation = orientation
  }

  /** @throws RangeError for a size that is not whole and positive */
  get({ width, height }: PictureSize): RgbConverter {
    const others = this.converters.filter((it) => it.width !== width || it.height !== height)
    const converter =
      this.converters.find((it) => !others.includes(it)) ??
      new RgbConverter({ width, height }, this.orientation)
    this.converters = [converter, ...others]
    for (const dropped of this.converters.splice(KEPT_SIZES)) dropped.close()
    return converter
  }

  close(): void {
    for (const converter of this.converters.splice(0)) converter.close()
  }
}

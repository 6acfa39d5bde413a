import {
  AV_OPT_TYPE_FLAGS,
  AV_PIX_FMT_RGB24,
  SWS_ACCURATE_RND,
  SWS_BILINEAR,
  SWS_FULL_CHR_H_INT,
} from 'node-av/constants'
import { avImageCopyToBuffer, FFmpegError, Frame, SoftwareScaleContext } from 'node-av/lib'
import { reduceColourTags } from './frame-colours.ts'

/**
 * Exact rounding, so that colours do not depend on the width; about one level of 255 lighter than the
 * fast conversion of a whole picture, which rounds down.
 */
const SCALING = SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT

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
 * range that the frame's tags name (see `reduceColourTags`). At equal sizes this is the conversion
 * that OpenCV and PyAV make; other sizes are scaled bilinearly, over the area that a pixel covers.
 */
export class RgbConverter {
  readonly frameBytes: number
  readonly width: number
  readonly height: number
  /** Rows are padded here: swscale writes whole vectors, past the end of a tight row. */
  private readonly rgb: Frame
  private readonly planes: Buffer[]
  private readonly strides: number[]
  /** For frames of the size of the result, and for all others. */
  private readonly scalers = { same: openScaler(SWS_BILINEAR), other: openScaler(SCALING) }

  /**
   * Size of the result in pixels.
   * @throws RangeError for a size that is not whole and positive
   */
  constructor(width: number, height: number) {
    if (![width, height].every((side) => Number.isInteger(side) && side > 0)) {
      throw new RangeError(`A picture of ${width}x${height} cannot be; give whole pixels from 1.`)
    }
    this.width = width
    this.height = height
    this.frameBytes = width * height * 3
    this.rgb = new Frame()
    this.rgb.alloc()
    this.rgb.width = width
    this.rgb.height = height
    this.rgb.format = AV_PIX_FMT_RGB24
    FFmpegError.throwIfError(this.rgb.allocBuffer(), `allocate a frame of ${width}x${height}`)
    this.planes = this.rgb.data ?? []
    this.strides = this.rgb.linesize
  }

  /** The frame as RGB in memory of the converter, valid until the next call. */
  picture(frame: Frame): RgbPicture {
    const { planes, strides, width, height } = this
    const isSame = frame.width === width && frame.height === height
    const scaler = isSame ? this.scalers.same : this.scalers.other
    reduceColourTags(frame)
    FFmpegError.throwIfError(scaler.scaleFrameSync(this.rgb, frame), 'convert a frame to RGB')
    return { data: planes[0]!, frames: 1, rowBytes: strides[0]!, width, height }
  }

  /** Writes u8 [H, W, 3] to `target` from `offset`. */
  convert(frame: Frame, target: Uint8Array, offset: number): void {
    this.picture(frame)
    const view = Buffer.from(target.buffer, target.byteOffset + offset, this.frameBytes)
    const { planes, strides, width, height } = this
    const copied = avImageCopyToBuffer(
      view,
      this.frameBytes,
      planes,
      strides,
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

/** Converters for the sizes asked for last. */
export class RgbConverters {
  private converters: RgbConverter[] = []

  /** @throws RangeError for a size that is not whole and positive */
  get({ width, height }: { width: number; height: number }): RgbConverter {
    const others = this.converters.filter((it) => it.width !== width || it.height !== height)
    const converter =
      this.converters.find((it) => !others.includes(it)) ?? new RgbConverter(width, height)
    this.converters = [converter, ...others]
    for (const dropped of this.converters.splice(KEPT_SIZES)) dropped.close()
    return converter
  }

  close(): void {
    for (const converter of this.converters.splice(0)) converter.close()
  }
}

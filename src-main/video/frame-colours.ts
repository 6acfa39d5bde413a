import {
  AV_FRAME_FLAG_INTERLACED,
  AVCHROMA_LOC_UNSPECIFIED,
  AVCOL_PRI_UNSPECIFIED,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_RANGE_UNSPECIFIED,
  AVCOL_SPC_BT2020_CL,
  AVCOL_SPC_BT2020_NCL,
  AVCOL_SPC_BT470BG,
  AVCOL_SPC_BT709,
  AVCOL_SPC_FCC,
  AVCOL_SPC_RGB,
  AVCOL_SPC_SMPTE170M,
  AVCOL_SPC_SMPTE240M,
  AVCOL_SPC_UNSPECIFIED,
  AVCOL_TRC_UNSPECIFIED,
} from 'node-av/constants'
import type { AVColorRange, AVColorSpace, AVPixelFormat } from 'node-av/constants'
import { avGetPixFmtName } from 'node-av/lib'
import type { Frame } from 'node-av/lib'

/** Matrices that swscale converts from. It refuses frames that are tagged with any other. */
const MATRICES: ReadonlySet<AVColorSpace> = new Set([
  AVCOL_SPC_RGB,
  AVCOL_SPC_BT709,
  AVCOL_SPC_UNSPECIFIED,
  AVCOL_SPC_FCC,
  AVCOL_SPC_BT470BG,
  AVCOL_SPC_SMPTE170M,
  AVCOL_SPC_SMPTE240M,
  AVCOL_SPC_BT2020_NCL,
])

const RANGES: ReadonlySet<AVColorRange> = new Set([AVCOL_RANGE_MPEG, AVCOL_RANGE_JPEG])

/**
 * Reduces a frame's colour tags to those that decide its RGB values: matrix and range. This is what
 * FFmpeg's command line, PyAV and OpenCV apply. Without a tag, or with a matrix that swscale does not
 * know (YCgCo, ICtCp), it takes BT.601, and limited range unless the pixel format says full.
 *
 * The other tags would make swscale do more than the other readers do: map wide gamuts and HDR to
 * BT.709, split interlaced frames into fields, and, in scaled pictures alone, shift chroma samples.
 */
export function reduceColourTags(frame: Frame): void {
  frame.colorSpace = matrixOf(frame.colorSpace)
  if (!RANGES.has(frame.colorRange)) frame.colorRange = AVCOL_RANGE_UNSPECIFIED
  frame.colorPrimaries = AVCOL_PRI_UNSPECIFIED
  frame.colorTrc = AVCOL_TRC_UNSPECIFIED
  frame.chromaLocation = AVCHROMA_LOC_UNSPECIFIED
  frame.clearFlags(AV_FRAME_FLAG_INTERLACED)
}

/** Matrices other than that of BT.601, by the names that people know them by. */
const NAMES: ReadonlyMap<AVColorSpace, string> = new Map([
  [AVCOL_SPC_BT709, 'BT.709'],
  [AVCOL_SPC_FCC, 'FCC'],
  [AVCOL_SPC_SMPTE240M, 'SMPTE 240M'],
  [AVCOL_SPC_BT2020_NCL, 'BT.2020'],
])

/** Beginnings of the names of pixel formats that hold luma and chroma of either range. */
const YUV = /^(yuv(?!j)|yuy|yvyu|uyvy|vuy|ayuv|xv|nv|p0|p2|p4|y2)/

interface ColourTags {
  colorSpace: AVColorSpace
  colorRange: AVColorRange
}

/**
 * Matrix and range of a stream in words; null where its pictures are converted as those of an
 * untagged stream are.
 */
export function coloursOf(tags: ColourTags, pixelFormat: AVPixelFormat): string | null {
  const format = avGetPixFmtName(pixelFormat) ?? ''
  if (!YUV.test(format) && !format.startsWith('yuvj')) return null
  const matrix = NAMES.get(matrixOf(tags.colorSpace))
  // yuvj formats are of full range, whatever their tag says.
  const isFull = tags.colorRange === AVCOL_RANGE_JPEG || !YUV.test(format)
  const isUsual = matrix === undefined && isFull !== YUV.test(format)
  return isUsual ? null : `${matrix ?? 'BT.601'}, ${isFull ? 'full' : 'limited'} range`
}

/** The matrix by which swscale is to convert a frame with this tag. */
function matrixOf(tag: AVColorSpace): AVColorSpace {
  // The coefficients are the same.
  if (tag === AVCOL_SPC_BT2020_CL) return AVCOL_SPC_BT2020_NCL
  return MATRICES.has(tag) ? tag : AVCOL_SPC_UNSPECIFIED
}

import type { GreyImage } from '../field.ts'
import { shrinkByArea } from '../resize.ts'

/** Height and width of a patch, in pixels of its level. */
export const PATCH = 8
/** Pixels by which the second frame is continued beyond its border. */
export const BORDER = 16

/** One level of a frame's pyramid. */
export interface DisLevel extends GreyImage {
  /** The picture with its edge repeated `BORDER` times: [H + 2 BORDER, W + 2 BORDER]. */
  extended: Uint8Array
  /** Sobel gradients, [H, W]: 8 times the change a pixel. */
  gradientX: Int16Array
  gradientY: Int16Array
}

/** The levels of a frame that are searched, the finest first. */
export interface DisPyramid {
  /** Pixels of the frame. */
  width: number
  height: number
  /** The finest level has 1 / 2^finest of the frame's pixels a side. */
  finest: number
  levels: DisLevel[]
}

/**
 * The levels of a frame, as OpenCV chooses them (`searchedLevels`).
 * @throws RangeError for a side of fewer than 8 pixels
 */
export function disPyramid(image: GreyImage, finestOfPreset: number): DisPyramid {
  const { width, height } = image
  const short = Math.min(width, height)
  if (short < PATCH) {
    throw new RangeError(
      `DIS compares patches of ${PATCH} x ${PATCH} pixels, the frame has ${width} x ${height}.`,
    )
  }
  const { finest, coarsest } = searchedLevels(width, height, finestOfPreset)
  const levels: DisLevel[] = []
  let level = shrunk(image, 2 ** finest)
  for (let scale = finest; scale <= coarsest; scale++) {
    levels.push(withGradients(level))
    if (scale < coarsest) level = shrunk(level, 2)
  }
  return { width, height, finest, levels }
}

/**
 * Motions up to a quarter of the long side are looked for, and the coarsest level holds a patch. A frame
 * that is too small for the preset's finest level is searched at the levels of Kroeger et al.'s program,
 * which follow from its width.
 */
function searchedLevels(
  width: number,
  height: number,
  finestOfPreset: number,
): { finest: number; coarsest: number } {
  const holding = Math.trunc(Math.log2(Math.min(width, height) / PATCH))
  const wide = Math.trunc(Math.log2(Math.max(width, height) / (4 * PATCH)) + 0.5)
  const coarsest = Math.min(wide, holding)
  if (coarsest >= finestOfPreset) return { finest: finestOfPreset, coarsest }
  const narrow = Math.floor(Math.log2((2 * width) / (5 * PATCH)))
  const small = Math.min(holding, Math.max(0, narrow))
  return { finest: Math.max(0, small - 2), coarsest: small }
}

function shrunk(image: GreyImage, factor: number): GreyImage {
  if (factor === 1) return image
  const width = Math.floor(image.width / factor)
  const height = Math.floor(image.height / factor)
  return shrinkByArea(image, { width, height })
}

function withGradients(image: GreyImage): DisLevel {
  const { width, height, data } = image
  const gradientX = new Int16Array(width * height)
  const gradientY = new Int16Array(width * height)
  for (let y = 0, i = 0; y < height; y++) {
    const above = (y === 0 ? Math.min(1, height - 1) : y - 1) * width
    const row = y * width
    const below = (y === height - 1 ? Math.max(0, height - 2) : y + 1) * width
    for (let x = 0; x < width; x++, i++) {
      const left = x === 0 ? Math.min(1, width - 1) : x - 1
      const right = x === width - 1 ? Math.max(0, width - 2) : x + 1
      const falling = data[below + right] - data[above + left]
      const rising = data[above + right] - data[below + left]
      gradientX[i] = falling + rising + 2 * (data[row + right] - data[row + left])
      gradientY[i] = falling - rising + 2 * (data[below + x] - data[above + x])
    }
  }
  return { ...image, extended: extend(image), gradientX, gradientY }
}

function extend({ width, height, data }: GreyImage): Uint8Array {
  const wide = width + 2 * BORDER
  const extended = new Uint8Array(wide * (height + 2 * BORDER))
  for (let y = 0; y < height + 2 * BORDER; y++) {
    const from = Math.min(height - 1, Math.max(0, y - BORDER)) * width
    const to = y * wide
    extended.fill(data[from], to, to + BORDER)
    extended.set(data.subarray(from, from + width), to + BORDER)
    extended.fill(data[from + width - 1], to + BORDER + width, to + wide)
  }
  return extended
}

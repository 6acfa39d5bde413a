import { checkClip, ClipError, type ByteClip } from './clip.ts'
import type { Box } from '#shared/views/view-spec.ts'

/** A clip whose rows may be padded. */
export interface PaddedClip extends ByteClip {
  /** From the beginning of a row to that of the next. Default width * 3. */
  rowBytes?: number
}

/** For each output position along one axis: the two source positions and the second one's weight. */
interface Taps {
  first: Int32Array
  second: Int32Array
  weight: Float64Array
}

/**
 * Cuts `box` out of every frame, resizes it to size x size and mirrors it when `flip` says so.
 * Bilinear without antialiasing, as torch.nn.functional.interpolate(align_corners=false).
 * @param clip [T, H, W, 3] bytes
 * @param box inside the frame
 * @param size height and width of the result in pixels
 * @param out [T, size, size, 3]; receives floats in [0, 1]
 * @throws ClipError when the box leaves the frame or `out` has another length
 */
export function cropAndResize(
  clip: PaddedClip,
  box: Box,
  size: number,
  flip: boolean,
  out: Float32Array,
): void {
  checkBox(clip, box)
  const rows = makeTaps(box.top, box.height, size, 0, size)
  const columns = makeTaps(box.left, box.width, size, 0, size)
  if (flip) [columns.first, columns.second, columns.weight].forEach((axis) => axis.reverse())
  resample(clip, rows, columns, out)
}

/**
 * The evaluation view: the short side scaled to `size` (the long side to int(size * long / short)),
 * then the centre cut out; as torchvision's Resize (without antialiasing) and CenterCrop. A frame
 * that is size x size already is only scaled to [0, 1].
 * @param clip [T, H, W, 3] bytes
 * @param out [T, size, size, 3]; receives floats in [0, 1]
 * @throws ClipError when `out` has another length
 */
export function resizeAndCropCentre(clip: PaddedClip, size: number, out: Float32Array): void {
  resizeAndCropAt(clip, size, 0.5, out)
}

/**
 * The same with the crop elsewhere on the long side.
 * @param along 0 at the top or left, 0.5 in the centre, 1 at the bottom or right
 */
export function resizeAndCropAt(
  clip: PaddedClip,
  size: number,
  along: number,
  out: Float32Array,
): void {
  const short = Math.min(clip.height, clip.width)
  const cropped = (side: number): Taps => {
    const resized = Math.trunc((size * side) / short)
    return makeTaps(0, side, resized, roundHalfEven((resized - size) * along), size)
  }
  resample(clip, cropped(clip.height), cropped(clip.width), out)
}

/**
 * A crop of frames as they are, without resizing, as torchvision's CenterCrop: in the centre of the
 * shorter side, `along` the longer one.
 * @param along 0 at the top or left, 0.5 in the centre, 1 at the bottom or right
 * @throws ClipError when the frame is smaller than the crop
 */
export function cropAt(clip: PaddedClip, size: number, along: number, out: Float32Array): void {
  const { height, width } = clip
  if (Math.min(height, width) < size) {
    throw new ClipError(
      `Frames of ${width} x ${height} are smaller than the crop of ${size} x ${size}. ` +
        "Set 'Clip geometry' to fitted, which scales them.",
    )
  }
  const place = (side: number, isLonger: boolean): number =>
    roundHalfEven((side - size) * (isLonger ? along : 0.5))
  const box = {
    top: place(height, height >= width),
    left: place(width, width >= height),
    height: size,
    width: size,
  }
  cropAndResize(clip, box, size, false, out)
}

/**
 * Taps for `size` output positions, the first of them at `skipped` of the `resized` positions that
 * together cover `length` source positions from `start`.
 */
function makeTaps(
  start: number,
  length: number,
  resized: number,
  skipped: number,
  size: number,
): Taps {
  const first = new Int32Array(size)
  const second = new Int32Array(size)
  const weight = new Float64Array(size)
  const scale = length / resized
  for (let i = 0; i < size; i++) {
    const position = Math.max(0, (i + skipped + 0.5) * scale - 0.5)
    const floor = Math.min(Math.floor(position), length - 1)
    first[i] = start + floor
    second[i] = start + Math.min(floor + 1, length - 1)
    weight[i] = position - floor
  }
  return { first, second, weight }
}

function resample(clip: PaddedClip, rows: Taps, columns: Taps, out: Float32Array): void {
  const { rowBytes = clip.width * 3 } = clip
  if (rowBytes === clip.width * 3) checkClip(clip)
  const size = rows.first.length
  const length = clip.frames * size * size * 3
  if (out.length !== length) {
    throw new ClipError(
      `Expected room for ${length} values of ${clip.frames} x ${size} x ${size} x 3, got ${out.length}.`,
    )
  }
  for (let t = 0, target = 0; t < clip.frames; t++) {
    const frame = t * clip.height * rowBytes
    for (let y = 0; y < size; y++, target += size * 3) {
      const upper = frame + rows.first[y] * rowBytes
      const lower = frame + rows.second[y] * rowBytes
      resampleRow(clip.data, upper, lower, rows.weight[y], columns, out, target)
    }
  }
}

function resampleRow(
  data: Uint8Array,
  upper: number,
  lower: number,
  lowerWeight: number,
  columns: Taps,
  out: Float32Array,
  target: number,
): void {
  const { first, second, weight } = columns
  const low = lowerWeight / 255
  const up = (1 - lowerWeight) / 255
  for (let x = 0; x < first.length; x++, target += 3) {
    const a = first[x] * 3
    const b = second[x] * 3
    const right = weight[x]
    const left = 1 - right
    for (let c = 0; c < 3; c++) {
      const above = left * data[upper + a + c] + right * data[upper + b + c]
      const below = left * data[lower + a + c] + right * data[lower + b + c]
      out[target + c] = up * above + low * below
    }
  }
}

function checkBox({ height, width }: ByteClip, box: Box): void {
  const inside =
    box.top >= 0 &&
    box.left >= 0 &&
    box.height > 0 &&
    box.width > 0 &&
    box.top + box.height <= height &&
    box.left + box.width <= width
  if (inside) return
  throw new ClipError(
    `A box of ${box.height} x ${box.width} at (${box.top}, ${box.left}) leaves the frame of ${height} x ${width}.`,
  )
}

/** A half goes to the even neighbour, as Python's round: decides on which side an odd pixel is cut. */
function roundHalfEven(half: number): number {
  const floor = Math.floor(half)
  return half === floor || floor % 2 === 0 ? floor : floor + 1
}

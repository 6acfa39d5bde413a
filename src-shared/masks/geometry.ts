import { MaskError, type Mask } from './mask.ts'

/** What training cuts out of a frame: a box of whole pixels, made size x size, perhaps mirrored. */
export interface MaskView {
  box: { top: number; left: number; height: number; width: number }
  flip: boolean
}

/**
 * Carries a mask through the crop, resize and flip of the clip it belongs to. Of the up to four
 * pixels that the bilinear resize of a picture mixes, the mask takes the one of greatest weight: so
 * whatever compares masks pixel by pixel gives the same before and after, and a picture of the mask,
 * carried along, is above 3/4 only on foreground and below 1/4 only on background.
 * @param mask at the resolution of the frames
 * @param size height and width of the result in pixels
 * @param out [size, size] u8; receives 0 and 1. Default a new array
 * @throws MaskError when the box leaves the mask, or `out` is of another length
 */
export function carryMask(
  { data, height, width }: Mask,
  { box, flip }: MaskView,
  size: number,
  out: Uint8Array = new Uint8Array(size * size),
): Uint8Array {
  checkBox(box, height, width)
  if (out.length !== size * size) {
    throw new MaskError(`Expected a mask of ${size * size} pixels, got ${out.length}.`)
  }
  const rows = nearest(box.top, box.height, size)
  const columns = nearest(box.left, box.width, size)
  if (flip) columns.reverse()
  for (let y = 0, target = 0; y < size; y++) {
    const row = rows[y] * width
    for (let x = 0; x < size; x++) out[target++] = data[row + columns[x]]
  }
  return out
}

/**
 * Enlarges FAME's soft mask from the size it is computed at to that of the video: bilinear with
 * half-pixel centres, as torch.nn.functional.interpolate(align_corners=false).
 * @param soft [h, w] f32
 * @param out [H, W] f32; default a new array
 * @throws MaskError when a length does not fit its size
 */
export function upsampleSoft(
  soft: Float32Array,
  h: number,
  w: number,
  H: number,
  W: number,
  out: Float32Array = new Float32Array(H * W),
): Float32Array {
  checkPlane(soft, h, w)
  checkPlane(out, H, W)
  const rows = bilinear(h, H)
  const columns = bilinear(w, W)
  const line = new Float32Array(w)
  for (let y = 0, target = 0; y < H; y++) {
    const upper = rows.first[y] * w
    const lower = rows.second[y] * w
    const low = rows.weight[y]
    for (let x = 0; x < w; x++) line[x] = (1 - low) * soft[upper + x] + low * soft[lower + x]
    for (let x = 0; x < W; x++) {
      const right = columns.weight[x]
      out[target++] = (1 - right) * line[columns.first[x]] + right * line[columns.second[x]]
    }
  }
  return out
}

/** For each of `size` output places the source place nearest to its centre. */
function nearest(start: number, length: number, size: number): Int32Array {
  return Int32Array.from(
    { length: size },
    (_, i) => start + Math.floor(((i + 0.5) * length) / size),
  )
}

/** For each of `size` output places the two source places around its centre. */
function bilinear(length: number, size: number) {
  const first = new Int32Array(size)
  const second = new Int32Array(size)
  const weight = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    const place = Math.min(length - 1, Math.max(0, ((i + 0.5) * length) / size - 0.5))
    first[i] = Math.floor(place)
    second[i] = Math.min(length - 1, first[i] + 1)
    weight[i] = place - first[i]
  }
  return { first, second, weight }
}

function checkBox({ top, left, height, width }: MaskView['box'], H: number, W: number): void {
  const isInside =
    top >= 0 && left >= 0 && height > 0 && width > 0 && top + height <= H && left + width <= W
  if (isInside) return
  throw new MaskError(
    `A box of ${height} x ${width} at (${top}, ${left}) leaves the mask of ${H} x ${W}.`,
  )
}

function checkPlane(plane: Float32Array, height: number, width: number): void {
  if (plane.length === height * width) return
  throw new MaskError(
    `Expected ${height * width} values for ${height} x ${width} pixels, got ${plane.length}.`,
  )
}

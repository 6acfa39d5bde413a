import { guidedLine } from '../propagation/guided-filter.ts'
import type { ClickPicture } from './picture.ts'

/** Pixels of the short side that clicks are answered at, and the most of both sides together. */
const SHORT_SIDE = 96
const MOST_PIXELS = 24_576
/** Pixels of the small picture around an outline within which the large one may move it. */
const BAND = 1
const GUIDE = { radius: 2, epsilon: 1e-3 }

/** How much the colours of one frame count for an object that is to cover all its places in a clip. */
export const COLOURS_OF_CLIP = 0.3

interface Size {
  width: number
  height: number
}

/** A frame at its full size, [H, W, 3] RGB bytes. */
export interface Frame extends Size {
  rgb: Uint8Array
}

/** The size that clicks on a frame are answered at; never larger than the frame. */
export function clickSize({ width, height }: Size): Size {
  const scale = Math.min(
    1,
    SHORT_SIDE / Math.min(width, height),
    Math.sqrt(MOST_PIXELS / (width * height)),
  )
  const scaled = (side: number): number => Math.max(1, Math.round(side * scale))
  return { width: scaled(width), height: scaled(height) }
}

/**
 * The picture that clicks on a frame are answered on.
 * @param moving of any size, [h, w]: 1 where something moves by itself; null where it is not known
 * @param colours how much they count beside motion, 0..1
 */
export function clickPicture(
  frame: Frame,
  moving: (Size & { data: Uint8Array }) | null,
  colours = 1,
): ClickPicture {
  const { width, height } = clickSize(frame)
  const rgb = shrink(frame, { width, height })
  const data = new Uint8Array(width * height)
  for (let p = 0; moving && p < data.length; p++) {
    const x = Math.floor((((p % width) + 0.5) * moving.width) / width)
    const y = Math.floor(((Math.floor(p / width) + 0.5) * moving.height) / height)
    data[p] = moving.data[y * moving.width + x]
  }
  return { width, height, rgb, moving: moving && data, colours }
}

/** Each pixel is the mean of those that its area begins on. */
function shrink({ rgb, width, height }: Frame, to: Size): Uint8Array {
  if (to.width === width && to.height === height) return rgb
  const sums = new Float64Array(3 * to.width * to.height)
  const counts = new Uint32Array(to.width * to.height)
  const columns = Uint32Array.from({ length: width }, (_, x) => Math.floor((x * to.width) / width))
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor((y * to.height) / height) * to.width
    for (let x = 0; x < width; x++, at += 3) {
      const p = row + columns[x]
      counts[p]++
      sums[3 * p] += rgb[at]
      sums[3 * p + 1] += rgb[at + 1]
      sums[3 * p + 2] += rgb[at + 2]
    }
  }
  const means = new Uint8Array(sums.length)
  for (let i = 0; i < means.length; i++) means[i] = Math.round(sums[i] / counts[Math.floor(i / 3)])
  return means
}

/**
 * Enlarges an object to the size of its frame; its outline goes to the frame's edges near it, by a
 * guided filter that is computed small and used large (He and Sun, arXiv 1505.00996).
 * @param mask [h, w] of the small picture
 * @returns [H, W] u8
 */
export function enlargeObject(mask: Uint8Array, small: ClickPicture, frame: Frame): Uint8Array {
  if (small.width === frame.width && small.height === frame.height) return mask.slice()
  const { slopes, offset } = guidedLine(small.rgb, Float32Array.from(mask), small, GUIDE)
  const [red, green, blue] = slopes
  const inBand = bandOf(mask, small)
  const out = new Uint8Array(frame.width * frame.height)
  const columns = tapsOf(small.width, frame.width)
  const rows = tapsOf(small.height, frame.height)
  const sampler = new Sampler(small.width)
  for (let y = 0, p = 0; y < frame.height; y++) {
    const top = rows.first[y] * small.width
    const row = rows.nearest[y] * small.width
    for (let x = 0; x < frame.width; x++, p++) {
      const near = row + columns.nearest[x]
      if (inBand[near] === 0) {
        out[p] = mask[near]
        continue
      }
      sampler.moveTo(top + columns.first[x], columns.weight[x], rows.weight[y])
      const colour =
        sampler.of(red) * frame.rgb[3 * p] +
        sampler.of(green) * frame.rgb[3 * p + 1] +
        sampler.of(blue) * frame.rgb[3 * p + 2]
      out[p] = sampler.of(offset) + colour / 255 > 0.5 ? 1 : 0
    }
  }
  return out
}

/** Reads planes between four of their pixels, bilinear. */
class Sampler {
  private readonly width: number
  private corner = 0
  private across = 0
  private down = 0

  constructor(width: number) {
    this.width = width
  }

  /** @param corner the upper left of the four @param across and down: weights of the others, 0..1 */
  moveTo(corner: number, across: number, down: number): void {
    this.corner = corner
    this.across = across
    this.down = down
  }

  of(plane: Float32Array): number {
    const { corner, width, across, down } = this
    const under = corner + width
    const above = plane[corner] + across * (plane[corner + 1] - plane[corner])
    const below = plane[under] + across * (plane[under + 1] - plane[under])
    return above + down * (below - above)
  }
}

/** [h, w] u8: 1 within the band around the outline. */
function bandOf(mask: Uint8Array, { width, height }: Size): Uint8Array {
  const band = new Uint8Array(mask.length)
  for (let p = 0; p < mask.length; p++) {
    const x = p % width
    const y = (p - x) / width
    for (let ny = Math.max(0, y - BAND); ny <= Math.min(height - 1, y + BAND); ny++) {
      for (let nx = Math.max(0, x - BAND); nx <= Math.min(width - 1, x + BAND); nx++) {
        if (mask[ny * width + nx] !== mask[p]) band[p] = 1
      }
    }
  }
  return band
}

/** For each large place the small one it lies in, and the first of the two around its centre. */
function tapsOf(from: number, to: number) {
  const [first, nearest] = [new Int32Array(to), new Int32Array(to)]
  const weight = new Float64Array(to)
  for (let i = 0; i < to; i++) {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5))
    first[i] = Math.max(0, Math.min(from - 2, Math.floor(at)))
    weight[i] = at - first[i]
    nearest[i] = Math.floor(((i + 0.5) * from) / to)
  }
  return { first, weight, nearest }
}

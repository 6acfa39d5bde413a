/** A plane, [H, W]. */
type Plane = Float32Array

interface Size {
  width: number
  height: number
}

/** A mask as a linear function of the picture's colours, around each pixel; [H, W] each. */
export interface GuidedLine {
  /** Of red, green and blue in [0, 1]. */
  slopes: Plane[]
  offset: Plane
}

interface GuideOptions {
  /** Of the window, in pixels. */
  radius: number
  /** In squared units of a guide in [0, 1]: differences below its root are no edges. */
  epsilon: number
}

/**
 * Guided filter with a colour guide (He, Sun and Tang, ECCV 2010, equation 14): the result follows the
 * edges of the picture where the mask has one near them.
 * @param guide [H, W, 3] RGB bytes
 * @param soft [H, W]
 * @returns [H, W]
 */
export function guidedFilter(
  guide: Uint8Array,
  soft: Plane,
  size: Size,
  options: GuideOptions,
): Plane {
  const { slopes, offset } = guidedLine(guide, soft, size, options)
  for (let i = 0, at = 0; i < offset.length; i++) {
    for (const slope of slopes) offset[i] += slope[i] * Math.fround(guide[at++] / 255)
  }
  return offset
}

/** What the filter multiplies the guide by: it may be enlarged and used on a larger guide. */
export function guidedLine(
  guide: Uint8Array,
  soft: Plane,
  size: Size,
  { radius, epsilon }: GuideOptions,
): GuidedLine {
  const mean = meanFilter(size, radius)
  const channels = [0, 1, 2].map((c) => channelOf(guide, c))
  const means = channels.map(mean)
  const p = mean(soft)
  const cross = channels.map((channel) => mean(product(channel, soft)))
  const squares = PAIRS.map(([a, b]) => mean(product(channels[a], channels[b])))
  const slopes = channels.map(() => new Float32Array(soft.length))
  const offset = new Float32Array(soft.length)
  const [red, green, blue] = means
  const [slopeRed, slopeGreen, slopeBlue] = slopes
  for (let i = 0; i < soft.length; i++) {
    const [r, g, b] = [red[i], green[i], blue[i]]
    const xx = squares[0][i] - r * r + epsilon
    const xy = squares[1][i] - r * g
    const xz = squares[2][i] - r * b
    const yy = squares[3][i] - g * g + epsilon
    const yz = squares[4][i] - g * b
    const zz = squares[5][i] - b * b + epsilon
    const x = cross[0][i] - r * p[i]
    const y = cross[1][i] - g * p[i]
    const z = cross[2][i] - b * p[i]
    // The slopes solve a symmetric system of three; here by its adjugate.
    const [k0, k1, k2] = [yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy]
    const [k3, k4, k5] = [xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy]
    const scale = 1 / (xx * k0 + xy * k1 + xz * k2)
    slopeRed[i] = (k0 * x + k1 * y + k2 * z) * scale
    slopeGreen[i] = (k1 * x + k3 * y + k4 * z) * scale
    slopeBlue[i] = (k2 * x + k4 * y + k5 * z) * scale
    offset[i] = p[i] - slopeRed[i] * r - slopeGreen[i] * g - slopeBlue[i] * b
  }
  return { slopes: slopes.map(mean), offset: mean(offset) }
}

const PAIRS = [
  [0, 0],
  [0, 1],
  [0, 2],
  [1, 1],
  [1, 2],
  [2, 2],
] as const

function channelOf(rgb: Uint8Array, channel: number): Plane {
  const plane = new Float32Array(rgb.length / 3)
  for (let i = 0, at = channel; i < plane.length; i++, at += 3) plane[i] = rgb[at] / 255
  return plane
}

function product(a: Plane, b: Plane): Plane {
  const plane = new Float32Array(a.length)
  for (let i = 0; i < plane.length; i++) plane[i] = a[i] * b[i]
  return plane
}

/** The mean over a window that is cut at the border, by running sums. */
function meanFilter({ width, height }: Size, radius: number): (plane: Plane) => Plane {
  return (plane) => {
    const across = new Float32Array(plane.length)
    for (let y = 0; y < height; y++) runningMean(plane, across, y * width, 1, width, radius)
    const out = new Float32Array(plane.length)
    for (let x = 0; x < width; x++) runningMean(across, out, x, width, height, radius)
    return out
  }
}

function runningMean(
  from: Plane,
  to: Plane,
  start: number,
  step: number,
  length: number,
  radius: number,
): void {
  let sum = 0
  let count = 0
  for (let i = 0; i < Math.min(radius, length); i++, count++) sum += from[start + i * step]
  for (let i = 0; i < length; i++) {
    if (i + radius < length) {
      sum += from[start + (i + radius) * step]
      count++
    }
    if (i - radius - 1 >= 0) {
      sum -= from[start + (i - radius - 1) * step]
      count--
    }
    to[start + i * step] = sum / count
  }
}

/**
 * Separable Gaussian blur with reflect padding (the edge itself is not repeated: c b | a b c | b a),
 * as kornia's GaussianBlur2d and torchvision's gaussian_blur have it.
 */

/**
 * The normalised kernel of `size` taps: exp(-x^2 / (2 sigma^2)), x = -(size-1)/2 .. (size-1)/2.
 * @param size odd, at least 1
 * @param sigma standard deviation in pixels, above 0
 * @throws RangeError for an even size or a sigma that is not positive
 */
export function gaussianKernel(size: number, sigma: number): Float64Array {
  if (!Number.isInteger(size) || size < 1 || size % 2 === 0) {
    throw new RangeError(`Expected an odd kernel size, got ${size}.`)
  }
  if (!(sigma > 0)) throw new RangeError(`Expected a positive sigma, got ${sigma}.`)
  const radius = (size - 1) / 2
  const kernel = Float64Array.from({ length: size }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  )
  const sum = kernel.reduce((a, b) => a + b, 0)
  return kernel.map((weight) => weight / sum)
}

/** Kernel size of FAME for frames of `size` pixels: int(0.1 * size) // 2 * 2 + 1. */
export function fameKernelSize(size: number): number {
  return Math.floor(Math.floor(0.1 * size) / 2) * 2 + 1
}

/**
 * Blurs planes of one geometry; its buffers are made once and used for every plane. They hold
 * float64, because sums of float32 cost a conversion a tap.
 */
export class PlaneBlur {
  readonly height: number
  readonly width: number
  readonly channels: number
  private readonly rows: Float64Array // [H, W, C]: blurred along x
  private readonly line: Float64Array // [W + 2 * (W - 1), C]: one row with its padding
  private readonly sums: Float64Array // [W, C]: one row of the result

  /** @param channels values a pixel, interleaved */
  constructor(height: number, width: number, channels = 1) {
    this.height = height
    this.width = width
    this.channels = channels
    this.rows = new Float64Array(height * width * channels)
    this.line = new Float64Array((3 * width - 2) * channels)
    this.sums = new Float64Array(width * channels)
  }

  /**
   * Blurs one plane [H, W, C] of `source` at `offset` into `target` at the same offset, which may be
   * the same array.
   * @param kernel symmetric, of odd length
   * @throws RangeError when the kernel reaches past the reflected image (radius >= height or width)
   */
  apply(source: Float32Array, target: Float32Array, kernel: Float64Array, offset = 0): void {
    const half = (kernel.length - 1) / 2
    if (half >= this.height || half >= this.width) {
      throw new RangeError(
        `A blur of ${kernel.length} taps needs more than ${half} pixels a side, the plane has ${this.height} x ${this.width}.`,
      )
    }
    const taps = noticeableTaps(kernel.subarray(half))
    this.blurRows(source, taps, offset)
    this.blurColumns(target, taps, offset)
  }

  private blurRows(source: Float32Array, taps: Float64Array, offset: number): void {
    const { channels, line, rows } = this
    const stride = this.width * channels
    const radius = taps.length - 1
    const middle = radius * channels
    for (let y = 0, start = 0; y < this.height; y++, start += stride) {
      this.padLine(source, offset + start, radius)
      for (let i = 0; i < stride; i++) rows[start + i] = taps[0] * line[middle + i]
      for (let k = 1; k <= radius; k++) {
        const step = k * channels
        addPair(rows, start, line, middle - step, middle + step, taps[k], stride)
      }
    }
  }

  private padLine(source: Float32Array, start: number, radius: number): void {
    const { width, channels, line } = this
    const inner = radius * channels
    for (let i = 0; i < width * channels; i++) line[inner + i] = source[start + i]
    for (let k = 1; k <= radius; k++) {
      for (let c = 0; c < channels; c++) {
        line[(radius - k) * channels + c] = source[start + k * channels + c]
        line[(radius + width - 1 + k) * channels + c] =
          source[start + (width - 1 - k) * channels + c]
      }
    }
  }

  private blurColumns(target: Float32Array, taps: Float64Array, offset: number): void {
    const { height, rows, sums } = this
    const stride = sums.length
    for (let y = 0, start = 0; y < height; y++, start += stride) {
      for (let i = 0; i < stride; i++) sums[i] = taps[0] * rows[start + i]
      for (let k = 1; k < taps.length; k++) {
        const above = reflect(y - k, height) * stride
        const below = reflect(y + k, height) * stride
        addPair(sums, 0, rows, above, below, taps[k], stride)
      }
      for (let i = 0; i < stride; i++) target[offset + start + i] = sums[i]
    }
  }
}

/** sums[at + i] += weight * (values[before + i] + values[after + i]) for i below `length`. */
function addPair(
  sums: Float64Array,
  at: number,
  values: Float64Array,
  before: number,
  after: number,
  weight: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) {
    sums[at + i] += weight * (values[before + i] + values[after + i])
  }
}

/** Half a kernel from its centre on, without the outer taps that float32 cannot show. */
function noticeableTaps(half: Float64Array): Float64Array {
  let length = half.length
  while (length > 1 && half[length - 1] < 1e-9) length--
  return half.subarray(0, length)
}

function reflect(index: number, length: number): number {
  if (index < 0) return -index
  return index < length ? index : 2 * (length - 1) - index
}

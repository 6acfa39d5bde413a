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

/** Blurs planes of one geometry; its buffers are made once and used for every plane. */
export class PlaneBlur {
  readonly height: number
  readonly width: number
  readonly channels: number
  private readonly rows: Float32Array // [H, W, C]: blurred along x
  private readonly line: Float32Array // [W + 2 * (W - 1), C]: one row with its padding

  /** @param channels values a pixel, interleaved */
  constructor(height: number, width: number, channels = 1) {
    this.height = height
    this.width = width
    this.channels = channels
    this.rows = new Float32Array(height * width * channels)
    this.line = new Float32Array((3 * width - 2) * channels)
  }

  /**
   * Blurs one plane [H, W, C] of `source` at `offset` into `target` at the same offset, which may be
   * the same array.
   * @param kernel symmetric, of odd length
   * @throws RangeError when the kernel reaches past the reflected image (radius >= height or width)
   */
  apply(source: Float32Array, target: Float32Array, kernel: Float64Array, offset = 0): void {
    const radius = (kernel.length - 1) / 2
    if (radius >= this.height || radius >= this.width) {
      throw new RangeError(
        `A blur of ${kernel.length} taps needs more than ${radius} pixels a side, the plane has ${this.height} x ${this.width}.`,
      )
    }
    this.blurRows(source, kernel, radius, offset)
    this.blurColumns(target, kernel, radius, offset)
  }

  private blurRows(
    source: Float32Array,
    kernel: Float64Array,
    radius: number,
    offset: number,
  ): void {
    const { height, channels, line, rows } = this
    const stride = this.width * channels
    const centre = kernel[radius]
    for (let y = 0; y < height; y++) {
      this.padLine(source, offset + y * stride, radius)
      const target = y * stride
      for (let i = 0; i < stride; i++) {
        const middle = i + radius * channels
        let sum = centre * line[middle]
        for (let k = 1, step = channels; k <= radius; k++, step += channels) {
          sum += kernel[radius + k] * (line[middle - step] + line[middle + step])
        }
        rows[target + i] = sum
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

  private blurColumns(
    target: Float32Array,
    kernel: Float64Array,
    radius: number,
    offset: number,
  ): void {
    const { height, channels, rows } = this
    const stride = this.width * channels
    const taps = Int32Array.from({ length: kernel.length }, () => 0)
    for (let y = 0; y < height; y++) {
      for (let k = -radius; k <= radius; k++) taps[radius + k] = reflect(y + k, height) * stride
      const out = offset + y * stride
      for (let i = 0; i < stride; i++) {
        let sum = kernel[radius] * rows[taps[radius] + i]
        for (let k = 1; k <= radius; k++) {
          sum += kernel[radius + k] * (rows[taps[radius - k] + i] + rows[taps[radius + k] + i])
        }
        target[out + i] = sum
      }
    }
  }
}

function reflect(index: number, length: number): number {
  if (index < 0) return -index
  return index < length ? index : 2 * (length - 1) - index
}

import type { RankSelect } from './rank-select.ts'
import { bitsOf } from './rank-select.ts'

const BINS = 10
const FOREGROUND_PART = 0.5
const BACKGROUND_PART = 0.1
const EPSILON = 1e-8

/**
 * How likely each pixel's colour is to be foreground (Ding et al., CVPR 2022, section 3.2):
 * p(colour | foreground) / (p(colour | foreground) + p(colour | background)), where the foreground
 * histogram is over the top 50 % of the seed region and the background histogram over its bottom
 * 10 %, one added to each of its bins.
 *
 * Pixels that tie at a cut share what is left of it equally: the mean over all ways of breaking the
 * tie, so that the result does not depend on where in the frame the tied pixels lie.
 */
export class ColourPosterior {
  private readonly select: RankSelect
  private readonly bins: Uint16Array // [H * W]
  private readonly foreground = new Float64Array(BINS ** 3)
  private readonly background = new Float64Array(BINS ** 3)

  /** @param pixels H * W */
  constructor(pixels: number, select: RankSelect) {
    this.bins = new Uint16Array(pixels)
    this.select = select
  }

  /**
   * @param mean [H, W, 3], the time-mean frame, 0..1
   * @param seed [H, W], non-negative
   * @param posterior [H, W]; receives values in [0, 1)
   */
  compute(mean: Float32Array, seed: Float32Array, posterior: Float32Array): void {
    binColours(mean, this.bins)
    this.fillHistograms(seed)
    const likelihood = posteriorOfBins(this.foreground, this.background)
    for (let i = 0; i < posterior.length; i++) posterior[i] = likelihood[this.bins[i]]
  }

  private fillHistograms(seed: Float32Array): void {
    const { bins, foreground, background, select } = this
    const pixels = seed.length
    const top = select.cut(seed, Math.max(1, Math.trunc(FOREGROUND_PART * pixels)))
    const topShare = (Math.trunc(FOREGROUND_PART * pixels) - top.above) / top.equal
    const kept = pixels - Math.trunc(BACKGROUND_PART * pixels)
    const rest = select.cut(seed, kept)
    const restShare = 1 - (kept - rest.above) / rest.equal
    foreground.fill(0)
    background.fill(1)
    const bits = bitsOf(seed)
    for (let i = 0; i < pixels; i++) {
      const value = bits[i]
      if (value >= top.bits) foreground[bins[i]] += value === top.bits ? topShare : 1
      if (value <= rest.bits) background[bins[i]] += value === rest.bits ? restShare : 1
    }
  }
}

function posteriorOfBins(foreground: Float64Array, background: Float64Array): Float64Array {
  const foregroundSum = foreground.reduce((a, b) => a + b, EPSILON)
  const backgroundSum = background.reduce((a, b) => a + b, EPSILON)
  return foreground.map((count, bin) => {
    const front = count / foregroundSum
    return front / (front + background[bin] / backgroundSum)
  })
}

/** The bin of each pixel's colour on the hue-saturation disc (x, y) and by value: 10 x 10 x 10. */
function binColours(mean: Float32Array, bins: Uint16Array): void {
  for (let pixel = 0, i = 0; pixel < bins.length; pixel++, i += 3) {
    const red = mean[i]
    const green = mean[i + 1]
    const blue = mean[i + 2]
    const value = Math.max(red, green, blue)
    const range = value - Math.min(red, green, blue)
    const saturation = range / (value + EPSILON)
    const angle = quirkyHue(red, green, blue, value, range)
    const x = Math.fround(saturation * Math.cos(angle) + 1) / 2
    const y = Math.fround(saturation * Math.sin(angle) + 1) / 2
    bins[pixel] = binOf(x) + BINS * (binOf(y) + BINS * binOf(value))
  }
}

/**
 * Greys lie exactly between two bins. In float32, as in the reference, what differs from them by
 * rounding alone falls on the tie too, and into the same bin.
 */
function binOf(unit: number): number {
  return roundHalfEven(Math.fround(Math.fround(unit) * (BINS - 1) + 1)) - 1
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x)
  const rest = x - floor
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1
  return floor % 2 === 0 ? floor : floor + 1
}

/**
 * Hue in radians times 2 pi. The reference multiplies a hue that is already in radians by 2 pi once
 * more; published numbers were made so, and so is this.
 */
function quirkyHue(red: number, green: number, blue: number, value: number, range: number): number {
  if (range === 0) return 0
  let sixth: number
  if (value === red) sixth = (green - blue) / range
  else if (value === green) sixth = (blue - red) / range + 2
  else sixth = (red - green) / range + 4
  const turns = sixth / 6
  return (turns < 0 ? turns + 1 : turns) * 4 * Math.PI * Math.PI
}

import type { Clip } from './clip.ts'

/**
 * One pass over a clip: how much each pixel changes from frame to frame, and its mean colour.
 * @param clip [T, H, W, 3] with T >= 2
 * @param change [H, W]; receives the mean over time of |frame difference| summed over RGB, 0..3
 * @param mean [H, W, 3]; receives the time-mean frame, 0..1
 */
export function measureMotion(clip: Clip, change: Float32Array, mean: Float32Array): void {
  const { data, frames } = clip
  const length = mean.length // H * W * 3
  const full = data instanceof Uint8Array ? 255 : 1
  const changeUnit = 1 / (full * (frames - 1))
  const meanUnit = 1 / (full * frames)
  for (let pixel = 0, i = 0; i < length; pixel++, i += 3) {
    let red = data[i]
    let green = data[i + 1]
    let blue = data[i + 2]
    let redSum = red
    let greenSum = green
    let blueSum = blue
    let difference = 0
    for (let t = 1, j = i + length; t < frames; t++, j += length) {
      const nextRed = data[j]
      const nextGreen = data[j + 1]
      const nextBlue = data[j + 2]
      difference += Math.abs(nextRed - red) + Math.abs(nextGreen - green)
      difference += Math.abs(nextBlue - blue)
      redSum += red = nextRed
      greenSum += green = nextGreen
      blueSum += blue = nextBlue
    }
    change[pixel] = difference * changeUnit
    mean[i] = redSum * meanUnit
    mean[i + 1] = greenSum * meanUnit
    mean[i + 2] = blueSum * meanUnit
  }
}

/**
 * Min-max normalisation in place: (x - min) / (max - min + 1e-8), [0, 1]; a constant plane becomes 0.
 */
export function normaliseRange(plane: Float32Array): void {
  let low = Infinity
  let high = -Infinity
  for (let i = 0; i < plane.length; i++) {
    const value = plane[i]
    if (value < low) low = value
    if (value > high) high = value
  }
  const scale = 1 / (high - low + 1e-8)
  for (let i = 0; i < plane.length; i++) plane[i] = (plane[i] - low) * scale
}

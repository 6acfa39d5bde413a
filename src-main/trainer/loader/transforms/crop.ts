import type { Rng } from '#shared/random/rng.ts'
import type { Box } from '#shared/views/view-spec.ts'

export interface CropRange {
  /** Smallest part of the frame's area, (0, 1]. */
  scaleMin: number
  /** Largest part of the frame's area. Default 1. */
  scaleMax?: number
  /** Smallest and largest width over height. Default 3/4 and 4/3. */
  ratio?: readonly [number, number]
}

const TRIES = 10

/**
 * Draws the box of a random resized crop as torchvision's `RandomResizedCrop.get_params`: an area
 * uniform in the range, a ratio uniform in its logarithm, then a place; after ten that do not fit,
 * the largest centred box whose ratio does.
 */
export function drawResizedCrop(
  rng: Rng,
  height: number,
  width: number,
  { scaleMin, scaleMax = 1, ratio = [3 / 4, 4 / 3] }: CropRange,
): Box {
  const logRatio = ratio.map(Math.log)
  for (let i = 0; i < TRIES; i++) {
    const area = height * width * rng.uniform(scaleMin, scaleMax)
    const aspect = Math.exp(rng.uniform(logRatio[0], logRatio[1]))
    const w = Math.round(Math.sqrt(area * aspect))
    const h = Math.round(Math.sqrt(area / aspect))
    if (w > 0 && w <= width && h > 0 && h <= height) {
      const top = rng.int(height - h + 1)
      return { top, left: rng.int(width - w + 1), height: h, width: w }
    }
  }
  return largestCentredBox(height, width, ratio)
}

function largestCentredBox(height: number, width: number, [low, high]: readonly number[]): Box {
  const ratio = width / height
  const h = ratio < low ? Math.round(width / low) : height
  const w = ratio > high ? Math.round(height * high) : width
  return {
    top: Math.floor((height - h) / 2),
    left: Math.floor((width - w) / 2),
    height: h,
    width: w,
  }
}

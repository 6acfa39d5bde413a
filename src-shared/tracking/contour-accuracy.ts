export interface FrameSize {
  height: number
  width: number
}

/** Part of the diagonal within which two contours count as the same, as in DAVIS's code. */
const TOLERANCE = 0.008

/** The radius that DAVIS allows between two contours of frames of this size, in pixels. */
export function contourRadius({ height, width }: FrameSize): number {
  return Math.ceil(TOLERANCE * Math.hypot(height, width))
}

/**
 * F, the contour accuracy of DAVIS (Perazzi et al., CVPR 2016, section 5), as its code computes it:
 * the harmonic mean of the share of the mask's contour that is near the true one and the share of
 * the true one that is near the mask's. Near is within a disc. Two empty masks score 1.
 * @param truth [H, W], 0 or 1
 * @param mask [H, W]
 * @param radius of the disc in pixels
 * @returns [0, 1]
 */
export function contourAccuracy(
  truth: Uint8Array,
  mask: Uint8Array,
  { radius, ...size }: FrameSize & { radius: number },
): number {
  const [trueContour, contour] = [contourOf(truth, size), contourOf(mask, size)]
  if (trueContour.length === 0 || contour.length === 0) {
    return trueContour.length === contour.length ? 1 : 0
  }
  const precision = shareWithin(contour, near(trueContour, radius, size))
  const recall = shareWithin(trueContour, near(contour, radius, size))
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall)
}

/**
 * Pixels that differ from their right, lower or lower right neighbour. The last row looks to the
 * right alone, the last column down alone, and the last pixel is never one.
 * @returns their places in the mask
 */
export function contourOf(mask: Uint8Array, { height, width }: FrameSize): Int32Array {
  const places: number[] = []
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const right = x + 1 < width
      const below = y + 1 < height
      const differs =
        (right && mask[i] !== mask[i + 1]) ||
        (below && mask[i] !== mask[i + width]) ||
        (right && below && mask[i] !== mask[i + width + 1])
      if (differs) places.push(i)
    }
  }
  return Int32Array.from(places)
}

/** Which pixels are within a disc of one of these. */
function near(places: Int32Array, radius: number, { height, width }: FrameSize): Uint8Array {
  const reached = new Uint8Array(height * width)
  for (let dy = -radius; dy <= radius; dy++) {
    const reach = Math.floor(Math.sqrt(radius * radius - dy * dy))
    for (const place of places) {
      const y = Math.floor(place / width) + dy
      if (y < 0 || y >= height) continue
      const x = place % width
      const from = y * width + Math.max(0, x - reach)
      reached.fill(1, from, y * width + Math.min(width - 1, x + reach) + 1)
    }
  }
  return reached
}

function shareWithin(places: Int32Array, area: Uint8Array): number {
  let inside = 0
  for (const place of places) inside += area[place]
  return inside / places.length
}

/**
 * An affine motion between two frames of H x W pixels, [u0, ux, uy, v0, vx, vy]: what lies at (x, y)
 * in the first lies at (x + u, y + v) in the second, u = u0 + ux*X + uy*Y and v = v0 + vx*X + vy*Y,
 * where X = x - (W-1)/2 and Y = y - (H-1)/2. u0 and v0 are in pixels.
 */
export type Affine = Float64Array // [6]

export function noMotion(): Affine {
  return new Float64Array(6)
}

/** The same motion in pixels `factor` times as large. */
export function inPixelsOf(motion: Affine, factor: number): Affine {
  const scaled = motion.slice()
  scaled[0] /= factor
  scaled[3] /= factor
  return scaled
}

/**
 * The greatest displacement that the motion gives a point within the frame, along either axis.
 * @param X greatest distance of a point from the centre along x, in pixels
 * @param Y the same along y
 */
export function greatestDisplacement(motion: Affine, X: number, Y: number): number {
  const [u0, ux, uy, v0, vx, vy] = motion
  return Math.max(
    Math.abs(u0) + Math.abs(ux) * X + Math.abs(uy) * Y,
    Math.abs(v0) + Math.abs(vx) * X + Math.abs(vy) * Y,
  )
}

/**
 * An affine motion between two frames of H x W pixels, [u0, ux, uy, v0, vx, vy]: what lies at (x, y)
 * in the first lies at (x + u, y + v) in the second, u = u0 + ux*X + uy*Y and v = v0 + vx*X + vy*Y,
 * where X = x - (W-1)/2 and Y = y - (H-1)/2. u0 and v0 are in pixels.
 */
export type Affine = Float64Array // [6]

/**
 * A homography between two frames, [u0, ux, uy, v0, vx, vy, p, q]: what lies at (X, Y) from the centre
 * of the first lies at ((X + u) / w, (Y + v) / w) from that of the second, u and v as of an affine motion
 * and w = 1 + p*X + q*Y. p and q are in 1 / pixels.
 */
export type Homography = Float64Array // [8]

/** A camera's motion between two frames: the number of its values tells which. */
export type CameraMotion = Affine | Homography

export function noMotion(): Affine {
  return new Float64Array(6)
}

/** The same motion in pixels `factor` times as large. */
export function inPixelsOf(motion: CameraMotion, factor: number): CameraMotion {
  const scaled = motion.slice()
  scaled[0] /= factor
  scaled[3] /= factor
  for (let i = 6; i < scaled.length; i++) scaled[i] *= factor
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

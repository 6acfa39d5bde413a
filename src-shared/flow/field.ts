/** A grey picture, [H, W], 0 to 255. */
export interface GreyImage {
  /** Pixels. */
  width: number
  height: number
  data: Uint8Array
}

/**
 * Motion from one frame to the next: what is at (x, y) in the first is at (x + u, y + v) in the
 * second. Both planes are [H, W], in pixels; u points right, v down.
 */
export interface FlowField {
  width: number
  height: number
  u: Float32Array
  v: Float32Array
}

/** A field without motion. */
export function stillField(width: number, height: number): FlowField {
  const pixels = width * height
  return { width, height, u: new Float32Array(pixels), v: new Float32Array(pixels) }
}

/**
 * Mean distance between the ends of two fields' vectors, in pixels.
 * @throws RangeError when their sizes differ
 */
export function endPointDifference(a: FlowField, b: FlowField): number {
  if (a.width !== b.width || a.height !== b.height) {
    throw new RangeError(
      `The fields have ${a.width} x ${a.height} and ${b.width} x ${b.height} pixels.`,
    )
  }
  let sum = 0
  for (let i = 0; i < a.u.length; i++) sum += Math.hypot(a.u[i] - b.u[i], a.v[i] - b.v[i])
  return sum / a.u.length
}

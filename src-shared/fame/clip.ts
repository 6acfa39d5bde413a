/** A clip of RGB frames on one typed array, row-major. */
export interface Clip {
  /** [T, H, W, 3]: bytes in 0..255, or floats in [0, 1]. */
  data: Uint8Array | Float32Array
  /** T, at least 2 where motion is measured. */
  frames: number
  height: number
  width: number
}

/** A clip of bytes, 0..255, as decoded. */
export type ByteClip = Clip & { data: Uint8Array }

/** A clip of floats, [0, 1] until its colours are normalised. */
export type FloatClip = Clip & { data: Float32Array }

/** A clip whose data does not fit what was asked of it; the message states both. */
export class ClipError extends Error {
  override name = 'ClipError'
}

/** @throws ClipError when the data's length is not that of [frames, height, width, 3]. */
export function checkClip(clip: Clip): void {
  const { data, frames, height, width } = clip
  const expected = frames * height * width * 3
  if (data.length !== expected) {
    throw new ClipError(
      `Expected ${expected} values for a clip of ${frames} x ${height} x ${width} x 3, got ${data.length}.`,
    )
  }
}

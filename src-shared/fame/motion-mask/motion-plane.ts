/** What the plane has at least where the mask is. */
const LEAST = 0.5
/** Where the plane is cut: half-way to nothing, so that it may be enlarged first. */
const CUT = LEAST / 2

/**
 * One plane of the masks of a clip: 0 outside the clip's mask; inside from 0.5 to 1, by the part of
 * the frames in which the pixel is foreground.
 * @param mask [H, W] @param frames [T, H, W] @param plane [H, W]; receives it
 */
export function fillMotionPlane(mask: Uint8Array, frames: Uint8Array, plane: Float32Array): void {
  const pixels = mask.length
  const unit = ((1 - LEAST) * pixels) / frames.length
  for (let i = 0; i < pixels; i++) {
    plane[i] = 0
    if (mask[i] === 0) continue
    let count = 0
    for (let q = i; q < frames.length; q += pixels) count += frames[q]
    plane[i] = LEAST + unit * count
  }
}

/** The clip's mask out of a plane, which may have been enlarged. @param mask [H, W]; receives it */
export function cutMotionPlane(plane: Float32Array, mask: Uint8Array): void {
  for (let i = 0; i < mask.length; i++) mask[i] = plane[i] > CUT ? 1 : 0
}

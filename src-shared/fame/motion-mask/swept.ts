import { dropSmall, majority } from './regions.ts'

/** A place belongs to what moves if it changes by this part of the most around it, at least. */
const PART_OF_GREATEST = 0.4
/** How far around, in pixels. */
const AROUND = 2
/** Of the filter that smooths the border and closes gaps. */
const SMOOTHING = 2
/** The least region that can be a thing, as part of the frame. */
const LEAST_REGION = 0.0012

/**
 * The places that something passes or leaves: they change by more than the threshold, and by a good
 * part of the greatest change around them, which takes away the fringe that averaging adds.
 * @param change [H, W], as `measureChange` gives it
 * @param sure [H, W]: the same without what inexact placing may explain; somewhere near, it must be
 * above the threshold too
 * @param framePixels pixels of a frame
 */
export function sweptPlaces(
  change: Float32Array,
  sure: Float32Array,
  { height, width }: { height: number; width: number },
  threshold: number,
  framePixels: number,
): Uint8Array {
  const around = greatestAround(change, height, width)
  const near = sure === change ? around : greatestAround(sure, height, width)
  const rough = new Uint8Array(change.length)
  for (let i = 0; i < rough.length; i++) {
    rough[i] =
      change[i] > threshold && near[i] > threshold && change[i] > PART_OF_GREATEST * around[i]
        ? 1
        : 0
  }
  const swept = new Uint8Array(change.length)
  majority(rough, height, width, SMOOTHING, swept)
  dropSmall(swept, height, width, LEAST_REGION * framePixels)
  return swept
}

/** The greatest value within `AROUND` pixels along each axis. */
function greatestAround(plane: Float32Array, height: number, width: number): Float32Array {
  const rows = new Float32Array(plane.length)
  const around = new Float32Array(plane.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let most = 0
      const last = Math.min(width - 1, x + AROUND)
      for (let i = Math.max(0, x - AROUND); i <= last; i++) {
        if (plane[y * width + i] > most) most = plane[y * width + i]
      }
      rows[y * width + x] = most
    }
  }
  for (let y = 0; y < height; y++) {
    const last = Math.min(height - 1, y + AROUND)
    for (let x = 0; x < width; x++) {
      let most = 0
      for (let i = Math.max(0, y - AROUND); i <= last; i++) {
        if (rows[i * width + x] > most) most = rows[i * width + x]
      }
      around[y * width + x] = most
    }
  }
  return around
}

import { AV_PKT_DATA_DISPLAYMATRIX } from 'node-av/constants'
import type { Stream } from 'node-av/lib'
import { pixelWalk, turnedSize, UPRIGHT } from '#shared/masks/orientation.ts'
import type { Orientation } from '#shared/masks/orientation.ts'
import type { RgbPicture } from './rgb-converter.ts'

/** Bytes of a display matrix: 3 x 3 of i32 in 16.16 fixed point, row by row. */
const MATRIX_BYTES = 36
/** Degrees by which a rotation may miss a quarter turn, as in FFmpeg's command line. */
const TOLERANCE = 1

/**
 * How a player shows the pictures of a stream, from its display matrix. A matrix that turns by no
 * quarter turn is left out of account: its pictures are shown as they are stored.
 */
export function orientationOf(stream: Stream): Orientation {
  const matrix = stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX)
  if (!matrix || matrix.length < MATRIX_BYTES) return UPRIGHT
  // A pixel at x, y goes to a x + c y, b x + d y.
  const [a, b, c, d] = [0, 4, 12, 16].map((at) => matrix.readInt32LE(at))
  const mirrored = a * d - b * c < 0
  // The second column is the same with and without mirroring.
  const degrees = (Math.atan2(-c, d) * 180) / Math.PI
  const rotation = Math.round(degrees / 90) * 90
  if (Math.abs(degrees - rotation) > TOLERANCE) return UPRIGHT
  return { mirrored, rotation: (rotation + 360) % 360 }
}

/**
 * Turns an RGB picture.
 * @param target [H, W, 3] of the turned picture
 */
export function turnPicture(
  picture: RgbPicture,
  orientation: Orientation,
  target: Uint8Array,
): void {
  const { data, rowBytes } = picture
  const { first, right, down } = pixelWalk(picture, orientation, { right: 3, down: rowBytes })
  const { width, height } = turnedSize(picture, orientation)
  for (let y = 0, to = 0; y < height; y++) {
    let from = first + y * down
    for (let x = 0; x < width; x++, from += right, to += 3) {
      target[to] = data[from]!
      target[to + 1] = data[from + 1]!
      target[to + 2] = data[from + 2]!
    }
  }
}

import { AV_PKT_DATA_DISPLAYMATRIX } from 'node-av/constants'
import type { Stream } from 'node-av/lib'

/**
 * Degrees clockwise, 0 to 359, by which a player is to turn the pictures: 0 where the file does not
 * say. From the display matrix, 3 x 3 of i32 in 16.16 fixed point, row by row.
 */
export function rotationOf(stream: Stream): number {
  const matrix = stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX)
  if (!matrix || matrix.length < 36) return 0
  const degrees = (Math.atan2(matrix.readInt32LE(4), matrix.readInt32LE(0)) * 180) / Math.PI
  return (Math.round(degrees) + 360) % 360
}

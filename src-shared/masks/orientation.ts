import { decodeRuns, encodeRuns } from './runs.ts'

/**
 * How a player makes the stored pictures of a video into those that it shows: it mirrors them left to
 * right first, then turns them clockwise.
 */
export interface Orientation {
  mirrored: boolean
  /** Degrees clockwise: 0, 90, 180 or 270. */
  rotation: number
}

export const UPRIGHT: Orientation = { mirrored: false, rotation: 0 }

interface Size {
  /** Pixels. */
  height: number
  width: number
}

export function isUpright({ mirrored, rotation }: Orientation): boolean {
  return !mirrored && rotation === 0
}

/** The size of a picture of `size` once it is turned; also the other way round. */
export function turnedSize({ width, height }: Size, { rotation }: Orientation): Size {
  return rotation % 180 === 0 ? { width, height } : { width: height, height: width }
}

/** What makes pictures shown by `from` into pictures shown by `to`. */
export function orientationBetween(from: Orientation, to: Orientation): Orientation {
  // Two mirrorings cancel out. A mirroring reverses the sense of the turn before it.
  const mirrored = from.mirrored !== to.mirrored
  const turn = mirrored ? to.rotation + from.rotation : to.rotation - from.rotation
  return { mirrored, rotation: (turn + 360) % 360 }
}

/** Where the pixels of a turned picture lie in the picture it is made from. */
export interface PixelWalk {
  /** Of the pixel at the top left. */
  first: number
  /** Steps from a pixel to its right neighbour, and to the one below. */
  right: number
  down: number
}

/**
 * @param stored size before turning
 * @param step from a pixel to its right neighbour and to the one below, before turning
 */
export function pixelWalk(
  { width, height }: Size,
  { mirrored, rotation }: Orientation,
  step: { right: number; down: number } = { right: 1, down: width },
): PixelWalk {
  const placeOf = (x: number, y: number): number => {
    const [column, row] = storedPlace(x, y)
    return (mirrored ? width - 1 - column : column) * step.right + row * step.down
  }
  const storedPlace = (x: number, y: number): [number, number] => {
    if (rotation === 90) return [y, height - 1 - x]
    if (rotation === 180) return [width - 1 - x, height - 1 - y]
    return rotation === 270 ? [width - 1 - y, x] : [x, y]
  }
  const first = placeOf(0, 0)
  return { first, right: placeOf(1, 0) - first, down: placeOf(0, 1) - first }
}

/**
 * Turns a mask, or what changed of one, given as run lengths.
 * @param size before turning
 * @throws MaskError when the runs do not make up the size
 */
export function turnRuns(runs: readonly number[], size: Size, orientation: Orientation): number[] {
  if (isUpright(orientation)) return [...runs]
  const mask = decodeRuns(runs, size.width * size.height)
  const { first, right, down } = pixelWalk(size, orientation)
  const { width, height } = turnedSize(size, orientation)
  const turned = new Uint8Array(mask.length)
  for (let y = 0, target = 0; y < height; y++) {
    let from = first + y * down
    for (let x = 0; x < width; x++, from += right) turned[target++] = mask[from]
  }
  return encodeRuns(turned)
}

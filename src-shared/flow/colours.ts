import { FLOW_RANGE, STILL } from './bytes.ts'

/** Part of the short side that a motion must cover from frame to frame to have its full colour. */
const FULL = 1 / 64

/** Red, green and blue of a hue in turns, at full saturation, 0 to 255. */
function ofHue(turns: number): [number, number, number] {
  const channel = (shift: number): number => {
    const at = (((turns + shift) % 1) + 1) % 1
    return Math.round(255 * Math.min(1, Math.max(0, Math.abs(at * 6 - 3) - 1)))
  }
  return [channel(0), channel(-1 / 3), channel(1 / 3)]
}

const HUES = 256
const TABLE = Array.from({ length: HUES }, (_, i) => ofHue(i / HUES))

/**
 * The colour of a motion: its direction as hue (red to the right, then yellow, green, cyan to the left,
 * blue, magenta, clockwise as v points down), its speed as opacity, up to `full` pixels. Over a picture
 * what does not move stays as it is; over white, opacity is saturation.
 * @param rgba receives four values at `at`
 */
export function paintMotion(
  u: number,
  v: number,
  full: number,
  rgba: Uint8ClampedArray,
  at: number,
): void {
  const turns = Math.atan2(v, u) / (2 * Math.PI)
  const [red, green, blue] = TABLE[Math.round((turns + 1) * HUES) % HUES]
  rgba[at] = red
  rgba[at + 1] = green
  rgba[at + 2] = blue
  rgba[at + 3] = 255 * Math.min(1, Math.hypot(u, v) / full)
}

/** Pixels from frame to frame at which a motion has its full colour, in a picture of this size. */
export function fullMotion({ width, height }: { width: number; height: number }): number {
  return Math.min(width, height) * FULL
}

/** The pixels of a byte of flow, such that what is at rest has no motion; `unpacked` gives it 0.08 px. */
export function motionOf(byte: number): number {
  return ((byte - STILL) * 2 * FLOW_RANGE) / 255
}

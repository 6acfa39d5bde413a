/** Colours from cold to hot, RGB, evenly spaced; lightness grows throughout. */
const STOPS = [
  [4, 4, 12],
  [31, 12, 72],
  [85, 15, 109],
  [136, 34, 106],
  [186, 54, 85],
  [227, 89, 51],
  [249, 140, 10],
  [249, 201, 50],
  [252, 255, 164],
] as const

const LEVELS = 256
const colours = table()

/** RGBA of each level, little-endian: as a 32-bit number reads them from a canvas. */
function table(): Uint32Array {
  return Uint32Array.from({ length: LEVELS }, (_, level) => {
    const at = (level / (LEVELS - 1)) * (STOPS.length - 1)
    const low = Math.min(STOPS.length - 2, Math.floor(at))
    const mix = (channel: 0 | 1 | 2) =>
      Math.round(STOPS[low][channel] * (low + 1 - at) + STOPS[low + 1][channel] * (at - low))
    return (0xff000000 | (mix(2) << 16) | (mix(1) << 8) | mix(0)) >>> 0
  })
}

/**
 * A plane in heat colours.
 * @param plane values from 0; those above `most` are as hot as `most`
 * @param most the hottest value, above 0
 * @param rgba [plane.length, 4]; receives opaque colours
 */
export function paintHeat(plane: Float32Array, most: number, rgba: Uint8ClampedArray): void {
  const pixels = new Uint32Array(rgba.buffer, rgba.byteOffset, plane.length)
  const unit = LEVELS / most
  for (let i = 0; i < plane.length; i++) {
    pixels[i] = colours[Math.min(LEVELS - 1, Math.trunc(plane[i] * unit))]
  }
}

/** The colours as a CSS gradient from left to right. */
export const heatGradient = `linear-gradient(to right, ${STOPS.map((rgb) => `rgb(${rgb.join(' ')})`).join(', ')})`

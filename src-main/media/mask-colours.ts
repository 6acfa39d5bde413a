/** A colour map from [0, 1]: 256 colours, [256, 3] RGB bytes. */
type ColourMap = Uint8Array

/** Oklab coordinates: lightness in [0, 1], a towards red, b towards yellow (Ottosson, 2020). */
type Oklab = readonly [lightness: number, a: number, b: number]

/**
 * A perceptual map from dark violet through blue and teal to light yellow: lightness in Oklab rises
 * evenly, so that equal steps of the value look equal, also in greyscale and to colour-blind eyes.
 */
export const HEAT: ColourMap = makeColourMap({
  lightness: [0.22, 0.93],
  /** Degrees: violet, yellow. */
  hue: [310, 105],
  chroma: [0.09, 0.15],
})

interface Path {
  lightness: readonly [number, number]
  hue: readonly [number, number]
  chroma: readonly [number, number]
}

/**
 * Colours of a plane.
 * @param values [H, W], [0, 1]; what lies outside takes the nearest end
 * @returns [H, W, 3] RGB bytes
 */
export function colourPlane(values: Float32Array, map: ColourMap): Uint8Array {
  const out = new Uint8Array(values.length * 3)
  for (let i = 0; i < values.length; i++) {
    const entry = Math.round(Math.min(1, Math.max(0, values[i])) * 255) * 3
    out[i * 3] = map[entry]
    out[i * 3 + 1] = map[entry + 1]
    out[i * 3 + 2] = map[entry + 2]
  }
  return out
}

function makeColourMap({ lightness, hue, chroma }: Path): ColourMap {
  const map = new Uint8Array(256 * 3)
  for (let i = 0; i < 256; i++) {
    const at = ([from, to]: readonly [number, number]): number => from + ((to - from) * i) / 255
    const angle = (at(hue) * Math.PI) / 180
    map.set(
      displayable([at(lightness), at(chroma) * Math.cos(angle), at(chroma) * Math.sin(angle)]),
      i * 3,
    )
  }
  return map
}

/** Takes chroma away until the colour can be shown; lightness and hue stay. */
function displayable([lightness, a, b]: Oklab): number[] {
  for (let part = 1; part > 0; part -= 0.02) {
    const linear = oklabToLinear([lightness, a * part, b * part])
    if (linear.every((channel) => channel >= 0 && channel <= 1)) return linear.map(toByte)
  }
  return oklabToLinear([lightness, 0, 0]).map(toByte)
}

/** Oklab to linear sRGB by the matrices of its definition. */
function oklabToLinear([lightness, a, b]: Oklab): number[] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
}

/** sRGB's transfer function (IEC 61966-2-1). */
function toByte(linear: number): number {
  const encoded = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055
  return Math.round(255 * Math.min(1, Math.max(0, encoded)))
}

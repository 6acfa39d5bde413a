/** Levels a channel of a colour histogram. */
const LEVELS = 8
const SHIFT = 5
/** Added to every bin, so that a colour that is new says little. */
const UNKNOWN = 1
/** Bins that a picture's colours usually fill. */
const TYPICAL = 32

/**
 * How far each pixel's colour is one of the foreground: the share of the foreground's histogram in
 * both, learned from pixels that are sure (as the colour posterior of FAME, section 3.2).
 * @param rgb [H, W, 3] bytes
 * @param soft [H, W] in [0, 1]; below 0.1 and above 0.9 it is taken as known where `sure`
 * @param near [H, W] u8: where to learn and to answer
 * @returns [H, W] in [0, 1]; 0.5 elsewhere
 */
export function colourPosterior(
  rgb: Uint8Array,
  soft: Float32Array,
  sure: Uint8Array,
  near: Uint8Array,
): Float32Array {
  const [foreground, background] = [new Float64Array(LEVELS ** 3), new Float64Array(LEVELS ** 3)]
  let [inside, outside] = [0, 0]
  for (let i = 0; i < soft.length; i++) {
    if (near[i] === 0 || sure[i] === 0) continue
    if (soft[i] > 0.9) {
      foreground[binOf(rgb, i)]++
      inside++
    } else if (soft[i] < 0.1) {
      background[binOf(rgb, i)]++
      outside++
    }
  }
  return soft.map((_, i) => {
    if (near[i] === 0) return 0.5
    const bin = binOf(rgb, i)
    const f = (foreground[bin] + UNKNOWN) / (inside + UNKNOWN * TYPICAL)
    const b = (background[bin] + UNKNOWN) / (outside + UNKNOWN * TYPICAL)
    return f / (f + b)
  })
}

function binOf(rgb: Uint8Array, pixel: number): number {
  const at = 3 * pixel
  return ((rgb[at] >> SHIFT) * LEVELS + (rgb[at + 1] >> SHIFT)) * LEVELS + (rgb[at + 2] >> SHIFT)
}

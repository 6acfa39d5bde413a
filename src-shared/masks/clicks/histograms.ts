/** Levels of a channel of colour, and the bits below them. */
const LEVELS = 16
const BITS = 4
export const COLOUR_BINS = LEVELS ** 3
/** What both sides are given of a bin, in shares of all pixels: what is new says little. */
const UNKNOWN = 0.02 / 64

/** The bin of each pixel's colour. @param rgb [H, W, 3] bytes @returns [H, W], 0..4095 */
export function colourBins(rgb: Uint8Array): Uint16Array {
  const bins = new Uint16Array(rgb.length / 3)
  for (let i = 0, at = 0; i < bins.length; i++, at += 3) {
    const [red, green, blue] = [rgb[at] >> BITS, rgb[at + 1] >> BITS, rgb[at + 2] >> BITS]
    bins[i] = (red * LEVELS + green) * LEVELS + blue
  }
  return bins
}

/** How much each pixel counts on either side, [H, W] each, at least 0. */
export interface Sides {
  inside: Float32Array
  outside: Float32Array
}

/**
 * What each colour says for the foreground: the logarithm of the ratio of the two sides' histograms,
 * each spread to the neighbouring bins.
 * @returns [4096]; 0 where neither side has the colour
 */
export function colourEvidence(bins: Uint16Array, { inside, outside }: Sides): Float32Array {
  const [f, b] = [inside, outside].map((weights) => spread(sharesOf(bins, weights, COLOUR_BINS)))
  return f.map((share, bin) => Math.log((share + UNKNOWN) / (b[bin] + UNKNOWN)))
}

/** What moving (1) and resting (0) says for the foreground, as `colourEvidence`. @returns [2] */
export function motionEvidence(moving: Uint8Array, { inside, outside }: Sides): Float32Array {
  const [f, b] = [inside, outside].map((weights) => sharesOf(moving, weights, 2))
  const unknown = 0.01
  return f.map((share, bin) => Math.log((share + unknown) / (b[bin] + unknown)))
}

function sharesOf(
  bins: Uint16Array | Uint8Array,
  weights: Float32Array,
  count: number,
): Float32Array {
  const shares = new Float32Array(count)
  let sum = 0
  for (let i = 0; i < bins.length; i++) {
    shares[bins[i]] += weights[i]
    sum += weights[i]
  }
  const unit = 1 / Math.max(1e-6, sum)
  return shares.map((share) => share * unit)
}

/** Weights 1, 2, 1 along each of the three channels. */
function spread(shares: Float32Array): Float32Array {
  let from = shares
  for (const step of [1, LEVELS, LEVELS * LEVELS]) {
    const to = new Float32Array(from.length)
    for (let i = 0; i < from.length; i++) {
      if (from[i] === 0) continue
      const level = Math.floor(i / step) % LEVELS
      to[i] += from[i] / 2
      to[level > 0 ? i - step : i] += from[i] / 4
      to[level + 1 < LEVELS ? i + step : i] += from[i] / 4
    }
    from = to
  }
  return from
}

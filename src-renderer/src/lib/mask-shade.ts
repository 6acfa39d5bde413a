/** Share of the light that is left of the background. */
const DIM = 0.3

/**
 * What to draw over a frame so that its background goes dark: black whose opacity follows the mask.
 * @param mask RGBA of the mask picture, white for foreground
 * @returns RGBA of the same size
 */
export function backgroundShade(mask: Uint8ClampedArray): Uint8ClampedArray<ArrayBuffer> {
  const shade = new Uint8ClampedArray(mask.length)
  for (let i = 0; i < mask.length; i += 4) {
    shade[i + 3] = (255 - mask[i]!) * (1 - DIM)
  }
  return shade
}

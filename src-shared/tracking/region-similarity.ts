/**
 * J, the region similarity of DAVIS (Perazzi et al., CVPR 2016, section 5): intersection over union
 * of two masks, and 1 where both are empty.
 * @param truth 0 or 1 for each pixel
 * @param mask as many
 * @returns [0, 1]
 */
export function regionSimilarity(truth: Uint8Array, mask: Uint8Array): number {
  let both = 0
  let either = 0
  for (let i = 0; i < truth.length; i++) {
    both += truth[i] & mask[i]
    either += truth[i] | mask[i]
  }
  return either === 0 ? 1 : both / either
}

import type { Rng } from '#shared/random/rng.ts'
import { countsOf, type MaskKind, type TokenGrid } from '#shared/methods/videomae/masks.ts'

/** Which tokens of a clip are seen and which are hidden, by their flat index, each in order. */
export interface TokenMask {
  visible: Uint32Array
  hidden: Uint32Array
}

/**
 * Draws which tokens of a clip are hidden: with `tube` the same cells of the frame at all times, with
 * `frame` all cells of some times, with `random` any tokens (Tong et al., NeurIPS 2022, section 3.3).
 * @param ratio share of them, rounded down to whole cells, times or tokens
 */
export function drawMask(
  rng: Rng,
  grid: TokenGrid,
  { maskKind, maskRatio }: { maskKind: MaskKind; maskRatio: number },
): TokenMask {
  const cells = grid.height * grid.width
  const { units, hidden } = countsOf(grid, { maskKind, maskRatio })
  const isHidden = new Uint8Array(units)
  rng
    .permutation(units)
    .slice(0, hidden)
    .forEach((unit) => (isHidden[unit] = 1))
  return maskOf(grid, (token) => {
    if (maskKind === 'tube') return isHidden[token % cells] === 1
    if (maskKind === 'frame') return isHidden[Math.floor(token / cells)] === 1
    return isHidden[token] === 1
  })
}

/** Sorts the tokens of a grid by whether they are hidden. */
export function maskOf(grid: TokenGrid, isHidden: (token: number) => boolean): TokenMask {
  const count = grid.times * grid.height * grid.width
  const all = Uint32Array.from({ length: count }, (_, token) => token)
  return {
    visible: all.filter((token) => !isHidden(token)),
    hidden: all.filter(isHidden),
  }
}

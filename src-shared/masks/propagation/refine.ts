import { colourPosterior } from './colours.ts'
import { guidedFilter } from './guided-filter.ts'
import type { CarriedMask } from './warp.ts'

/** Pixels around what was carried in which colours are learned. */
const NEAR = 24
/** Pixels around its edge that may change. */
const BAND = 3
/** How much colour counts where the flow is sure. */
const COLOUR = 0.5
/** And where it is not. */
const UNSURE = 0.9
/** A mask that is carried on is made firm again: softness would add up. */
const FIRMNESS = 4

interface Picture {
  width: number
  height: number
  /** [H, W, 3] RGB bytes. */
  rgb: Uint8Array
}

/**
 * Draws the edge of a carried mask where the picture has one: in a band around it, and where the flow
 * is not sure, colours of both sides vote, and a guided filter moves the edge to that of the picture.
 * @returns [H, W] in [0, 1]
 */
export function refineMask({ soft, sure }: CarriedMask, picture: Picture): Float32Array {
  const { width, height, rgb } = picture
  const edge = edgeOf(soft, width)
  if (!edge.includes(1)) return soft
  const near = dilate(edge, width, height, NEAR)
  const band = dilate(edge, width, height, BAND)
  const posterior = colourPosterior(rgb, soft, sure, near)
  const voted = soft.map((value, i) => {
    if (near[i] === 0 || (sure[i] === 1 && band[i] === 0)) return value
    const weight = sure[i] === 1 ? COLOUR : UNSURE
    return (1 - weight) * value + weight * posterior[i]
  })
  const filtered = guidedFilter(rgb, voted, picture, { radius: 4, epsilon: 1e-3 })
  return voted.map((value, i) => {
    if (near[i] === 0) return value
    return Math.min(1, Math.max(0, 0.5 + FIRMNESS * (filtered[i] - 0.5)))
  })
}

/** Pixels whose right or lower neighbour lies on the other side of 0.5. */
function edgeOf(soft: Float32Array, width: number): Uint8Array {
  const edge = new Uint8Array(soft.length)
  for (let i = 0; i < soft.length; i++) {
    const isIn = soft[i] > 0.5
    const right = (i + 1) % width === 0 ? isIn : soft[i + 1] > 0.5
    const below = i + width < soft.length ? soft[i + width] > 0.5 : isIn
    edge[i] = Number(isIn !== right || isIn !== below)
  }
  return edge
}

/** Pixels within a square of a marked one. */
function dilate(marked: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  const across = new Uint8Array(marked.length)
  for (let y = 0; y < height; y++) spread(marked, across, y * width, 1, width, radius)
  const out = new Uint8Array(marked.length)
  for (let x = 0; x < width; x++) spread(across, out, x, width, height, radius)
  return out
}

function spread(
  from: Uint8Array,
  to: Uint8Array,
  start: number,
  step: number,
  length: number,
  radius: number,
): void {
  for (let i = 0, last = -Infinity, next = 0; i < length; i++) {
    while (next < length && next <= i + radius) {
      if (from[start + next * step] === 1) last = next
      next++
    }
    to[start + i * step] = Number(last >= i - radius)
  }
}

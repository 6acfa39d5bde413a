import type { Grid } from './label-propagation.ts'

export interface LabelMaps {
  /** Of the pixels, [H, W]. */
  size: Grid
  /** Of the cells, [h, w]. */
  grid: Grid
  /** Labels L, background included. */
  count: number
}

/**
 * Labels of a frame as shares of the cells of a grid: each cell takes the label of the pixel at its
 * centre, as DINO's and CRW's code scale the first mask.
 * @param labels [H, W]
 * @returns [h*w, L], 0 or 1
 */
export function gridLabels(labels: Uint8Array, { size, grid, count }: LabelMaps): Float32Array {
  const out = new Float32Array(grid.height * grid.width * count)
  for (let y = 0, cell = 0; y < grid.height; y++) {
    const row = Math.floor(((y + 0.5) * size.height) / grid.height)
    for (let x = 0; x < grid.width; x++, cell++) {
      const column = Math.floor(((x + 0.5) * size.width) / grid.width)
      out[cell * count + labels[row * size.width + column]] = 1
    }
  }
  return out
}

/**
 * Shares of a grid's cells as labels of pixels: enlarged bilinearly, each label stretched from 0 to 1
 * over the frame, and the largest taken; ties go to the lower label (DINO's code).
 * @param shares [h*w, L]
 * @returns [H, W]
 */
export function pixelLabels(shares: Float32Array, maps: LabelMaps): Uint8Array {
  const { size, count } = maps
  const planes = stretchedPlanes(shares, maps)
  const out = new Uint8Array(size.height * size.width)
  for (let i = 0; i < out.length; i++) {
    let best = 0
    for (let label = 1; label < count; label++) {
      if (planes[label][i] > planes[best][i]) best = label
    }
    out[i] = best
  }
  return out
}

/**
 * How far each pixel belongs to the one object, by the same rule: above 0.5 where `pixelLabels` has it.
 * @param shares [h*w, 2], background and object
 * @returns [H, W] in [0, 1]
 */
export function softObject(shares: Float32Array, maps: Omit<LabelMaps, 'count'>): Float32Array {
  const [background, object] = stretchedPlanes(shares, { ...maps, count: 2 })
  return object.map((value, i) => 0.5 + (value - background[i]) / 2)
}

/**
 * The object's share of each pixel, enlarged and not stretched.
 * @param shares [h*w, 2], background and object
 * @returns [H, W] in [0, 1]
 */
export function objectShare(
  shares: Float32Array,
  { size, grid }: Omit<LabelMaps, 'count'>,
): Float32Array {
  return enlarge(planeOf(shares, 1, 2), grid, size)
}

/** The share of each label, stretched and enlarged: L planes of [H, W]. */
function stretchedPlanes(shares: Float32Array, { size, grid, count }: LabelMaps): Float32Array[] {
  return Array.from({ length: count }, (_, label) =>
    enlarge(stretch(planeOf(shares, label, count)), grid, size),
  )
}

function planeOf(shares: Float32Array, label: number, count: number): Float32Array {
  return Float32Array.from({ length: shares.length / count }, (_, i) => shares[i * count + label])
}

/** From 0 to 1; a label that no cell has stays 0. */
function stretch(plane: Float32Array): Float32Array {
  const [low, high] = plane.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  )
  return high > 0 && high > low ? plane.map((value) => (value - low) / (high - low)) : plane
}

/** Bilinear, cells at the centres of their pixels, edges repeated. */
function enlarge(plane: Float32Array, from: Grid, to: Grid): Float32Array {
  const rows = taps(from.height, to.height)
  const columns = taps(from.width, to.width)
  const out = new Float32Array(to.height * to.width)
  for (let y = 0, i = 0; y < to.height; y++) {
    const [above, below, down] = rows[y]
    for (let x = 0; x < to.width; x++, i++) {
      const [left, right, across] = columns[x]
      const at = (row: number, column: number): number => plane[row * from.width + column]
      const top = at(above, left) * (1 - across) + at(above, right) * across
      const bottom = at(below, left) * (1 - across) + at(below, right) * across
      out[i] = top * (1 - down) + bottom * down
    }
  }
  return out
}

function taps(from: number, to: number): [number, number, number][] {
  return Array.from({ length: to }, (_, i) => {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5))
    const low = Math.floor(at)
    return [low, Math.min(from - 1, low + 1), at - low]
  })
}

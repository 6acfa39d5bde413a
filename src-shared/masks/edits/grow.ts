import { replaceMask, type Mask, type Rectangle } from '../mask.ts'

/**
 * Adds every pixel whose centre lies within `radius` of the centre of a foreground pixel, in place.
 * @param radius in pixels, at least 0
 * @returns the smallest rectangle around what changed
 */
export function grow(mask: Mask, radius: number): Rectangle {
  return replaceMask(mask, dilate(mask, radius, 1))
}

/**
 * Takes away every pixel whose centre lies within `radius` of the centre of a background pixel, in
 * place. What is outside the frame is no background: a mask stays at the frame's border.
 * @param radius in pixels, at least 0
 * @returns the smallest rectangle around what changed
 */
export function shrink(mask: Mask, radius: number): Rectangle {
  return replaceMask(mask, dilate(mask, radius, 0))
}

/**
 * Spreads one value over the discs around its pixels. Exact and linear in the pixels whatever the
 * radius: with g rows between a pixel and the nearest one of that value in its column, it covers
 * floor(sqrt(radius^2 - g^2)) pixels to either side in its row.
 */
function dilate({ data, height, width }: Mask, radius: number, value: 0 | 1): Uint8Array {
  const far = Math.floor(radius) + 1
  const halfWidths = Int32Array.from({ length: far + 1 }, (_, g) =>
    g < far ? Math.floor(Math.sqrt(radius * radius - g * g)) : -1,
  )
  const distance = columnDistances({ data, height, width }, far, value)
  const out = new Uint8Array(data.length).fill(1 - value)
  for (let row = 0; row < data.length; row += width) {
    let reach = -1
    for (let i = row; i < row + width; i++) {
      reach = Math.max(reach - 1, halfWidths[distance[i]])
      if (reach >= 0) out[i] = value
    }
    reach = -1
    for (let i = row + width - 1; i >= row; i--) {
      reach = Math.max(reach - 1, halfWidths[distance[i]])
      if (reach >= 0) out[i] = value
    }
  }
  return out
}

/** Rows between each pixel and the nearest one with `value` in its column, at most `far`. */
function columnDistances({ data, width }: Mask, far: number, value: 0 | 1): Uint16Array {
  const distance = new Uint16Array(data.length)
  for (let i = 0; i < data.length; i++) {
    const above = i < width ? far : distance[i - width]
    distance[i] = data[i] === value ? 0 : Math.min(far, above + 1)
  }
  for (let i = data.length - width - 1; i >= 0; i--) {
    const below = distance[i + width] + 1
    if (below < distance[i]) distance[i] = below
  }
  return distance
}

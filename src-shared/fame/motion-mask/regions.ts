/** Connected regions of a mask, over four neighbours. */
export interface Regions {
  /** [H, W]: number of the region, from 1; 0 outside the mask. */
  labels: Int32Array
  /** Pixels of each region by its number; the first is unused. */
  sizes: number[]
}

/**
 * Finds the connected regions of a mask [H, W].
 * @param joins whether two neighbours that are both in the mask belong together
 */
export function regionsOf(
  mask: Uint8Array,
  height: number,
  width: number,
  joins: (i: number, neighbour: number) => boolean = () => true,
): Regions {
  const labels = new Int32Array(mask.length)
  const sizes = [0]
  const stack = new Int32Array(mask.length)
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] === 0 || labels[start] !== 0) continue
    const label = sizes.length
    let size = 0
    let top = 0
    const push = (i: number, from: number): void => {
      if (mask[i] === 0 || labels[i] !== 0 || !joins(from, i)) return
      labels[i] = label
      stack[top++] = i
    }
    push(start, start)
    while (top > 0) {
      const i = stack[--top]
      size++
      const x = i % width
      if (x > 0) push(i - 1, i)
      if (x < width - 1) push(i + 1, i)
      if (i >= width) push(i - width, i)
      if (i < (height - 1) * width) push(i + width, i)
    }
    sizes.push(size)
  }
  return { labels, sizes }
}

/** Removes regions of fewer pixels. */
export function dropSmall(mask: Uint8Array, height: number, width: number, least: number): void {
  const { labels, sizes } = regionsOf(mask, height, width)
  for (let i = 0; i < mask.length; i++) if (sizes[labels[i]] < least) mask[i] = 0
}

/**
 * A pixel becomes what most of the (2 radius + 1)^2 pixels around it are.
 * @param out [H, W]; may not be `mask`
 */
export function majority(
  mask: Uint8Array,
  height: number,
  width: number,
  radius: number,
  out: Uint8Array,
): void {
  const sums = new Int32Array((height + 1) * (width + 1))
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0, row = 0; x < width; x++, i++) {
      row += mask[i]
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row
    }
  }
  for (let y = 0, i = 0; y < height; y++) {
    const top = Math.max(0, y - radius) * (width + 1)
    const bottom = Math.min(height, y + radius + 1) * (width + 1)
    for (let x = 0; x < width; x++, i++) {
      const left = Math.max(0, x - radius)
      const right = Math.min(width, x + radius + 1)
      const inside =
        sums[bottom + right] - sums[bottom + left] - sums[top + right] + sums[top + left]
      out[i] = 2 * inside > ((bottom - top) / (width + 1)) * (right - left) ? 1 : 0
    }
  }
}

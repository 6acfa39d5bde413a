import { regionsOf } from './regions.ts'

/** Gaps of twice so many pixels between swept places are taken for closed. */
const CLOSED = 2

/**
 * The places at rest that are certainly ground: they are connected with the border of what the clip
 * shows by a way that keeps clear of swept places.
 * @param swept [H, W] @param seen [H, W]
 * @returns [H, W]
 */
export function outsideOf(
  swept: Uint8Array,
  seen: Uint8Array,
  height: number,
  width: number,
): Uint8Array {
  const near = grown(swept, height, width, CLOSED)
  const free = seen.map((value, i) => value & (near[i] ^ 1))
  const { labels, sizes } = regionsOf(free, height, width)
  const reaches = new Uint8Array(sizes.length)
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== 0 && isBorder(seen, i, height, width)) reaches[labels[i]] = 1
  }
  const outside = free.map((value, i) => (value === 1 ? reaches[labels[i]] : 0))
  // Back to the swept places, over what was kept clear.
  for (let round = 0; round < CLOSED; round++) {
    const before = outside.slice()
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        if (before[i] === 1 || swept[i] === 1 || seen[i] === 0) continue
        const isBeside =
          (x > 0 && before[i - 1] === 1) ||
          (x < width - 1 && before[i + 1] === 1) ||
          (y > 0 && before[i - width] === 1) ||
          (y < height - 1 && before[i + width] === 1)
        if (isBeside) outside[i] = 1
      }
    }
  }
  return outside
}

/** Whether a place lies at the border of the canvas or of what is seen. */
function isBorder(seen: Uint8Array, i: number, height: number, width: number): boolean {
  const x = i % width
  if (x === 0 || x === width - 1 || i < width || i >= (height - 1) * width) return true
  return seen[i - 1] + seen[i + 1] + seen[i - width] + seen[i + width] < 4
}

/** The mask and all within so many steps of it. */
function grown(mask: Uint8Array, height: number, width: number, steps: number): Uint8Array {
  let from = mask
  for (let step = 0; step < steps; step++) {
    const to = from.slice()
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        if (from[i] === 0) continue
        if (x > 0) to[i - 1] = 1
        if (x < width - 1) to[i + 1] = 1
        if (y > 0) to[i - width] = 1
        if (y < height - 1) to[i + width] = 1
      }
    }
    from = to
  }
  return from
}

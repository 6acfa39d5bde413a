import { keepLargestPart } from '#shared/masks/edits/parts.ts'
import type { Click } from '#shared/masks/clicks/picture.ts'
import type { Mask } from '#shared/masks/mask.ts'

/** The largest part of a mask, in an array of its own. */
export function largestPart({ data, height, width }: Mask): Uint8Array {
  const part = { data: data.slice(), height, width }
  keepLargestPart(part)
  return part.data
}

/**
 * Where somebody would click next: in the middle of the largest part of the object that is missing, or
 * of what is too much, at the pixel that is farthest from its edge (as Sofiiuk et al., ICIP 2022,
 * simulate clicks). Null where nothing is wrong.
 * @param found [H, W]; null for nothing yet @param truth [H, W]
 */
export function nextClick(found: Uint8Array | null, truth: Mask): Click | null {
  const { data, height, width } = truth
  const wrong = found ? data.map((value, p) => value ^ found[p]) : data
  if (!wrong.includes(1)) return null
  const p = deepest({ data: largestPart({ data: wrong, height, width }), height, width })
  return { x: (p % width) + 0.5, y: Math.floor(p / width) + 0.5, value: data[p] === 1 ? 1 : 0 }
}

/** The first of the pixels that are left last when a mask is peeled, pixel by pixel from all sides. */
function deepest({ data, height, width }: Mask): number {
  let last = data
  for (let now = data; now.includes(1); now = peel({ data: now, height, width })) last = now
  return last.indexOf(1)
}

function peel({ data, height, width }: Mask): Uint8Array {
  return data.map((value, p) => {
    const x = p % width
    const isInner =
      value === 1 &&
      x > 0 &&
      x + 1 < width &&
      p >= width &&
      p + width < height * width &&
      [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1].every(
        (step) => data[p + step] === 1,
      )
    return isInner ? 1 : 0
  })
}

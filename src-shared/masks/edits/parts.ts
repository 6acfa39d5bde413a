import { EMPTY_RECTANGLE, joinRectangles, wholeMask, type Mask, type Rectangle } from '../mask.ts'

/**
 * Makes foreground of every part of the background that does not reach the frame's border, in place.
 * @returns the smallest rectangle around what changed
 */
export function fillHoles(mask: Mask): Rectangle {
  const { height, width } = mask
  const parts = findParts(mask, 0)
  const open = new Set<number>()
  parts.forEach(({ y, x0, x1 }, i) => {
    if (y === 0 || y === height - 1 || x0 === 0 || x1 === width) open.add(parts.rootOf(i))
  })
  return paintSpans(mask, parts, 1, (i) => !open.has(parts.rootOf(i)))
}

/**
 * Leaves only the largest part of the foreground, in place; of equal ones the uppermost.
 * @returns the smallest rectangle around what changed
 */
export function keepLargestPart(mask: Mask): Rectangle {
  const parts = findParts(mask, 1)
  const areas = new Map<number, number>()
  parts.forEach(({ x0, x1 }, i) => {
    const root = parts.rootOf(i)
    areas.set(root, (areas.get(root) ?? 0) + x1 - x0)
  })
  const largest = [...areas].reduce((best, next) => (next[1] > best[1] ? next : best), [-1, 0])[0]
  return paintSpans(mask, parts, 0, (i) => parts.rootOf(i) !== largest)
}

/** Turns foreground into background and background into foreground, in place. */
export function invert(mask: Mask): Rectangle {
  const { data } = mask
  for (let i = 0; i < data.length; i++) data[i] ^= 1
  return wholeMask(mask)
}

/** Neighbouring pixels of one value in a row. */
interface Span {
  y: number
  x0: number
  x1: number
}

/** The spans of one value, each with the part it belongs to. */
class Parts {
  private readonly ys: number[] = []
  private readonly x0s: number[] = []
  private readonly x1s: number[] = []
  private readonly parents: number[] = []

  get length(): number {
    return this.ys.length
  }

  add(y: number, x0: number, x1: number): void {
    this.parents.push(this.ys.length)
    this.ys.push(y)
    this.x0s.push(x0)
    this.x1s.push(x1)
  }

  span(i: number): Span {
    return { y: this.ys[i], x0: this.x0s[i], x1: this.x1s[i] }
  }

  forEach(use: (span: Span, i: number) => void): void {
    for (let i = 0; i < this.length; i++) use(this.span(i), i)
  }

  /** The first span of the part that span i belongs to. */
  rootOf(i: number): number {
    const { parents } = this
    while (parents[i] !== i) {
      parents[i] = parents[parents[i]]
      i = parents[i]
    }
    return i
  }

  join(i: number, j: number): void {
    const [a, b] = [this.rootOf(i), this.rootOf(j)]
    if (a < b) this.parents[b] = a
    else this.parents[a] = b
  }
}

/**
 * The connected parts of one value. Foreground is joined by sides and corners, background by sides
 * alone, so that a closed line, however thin, parts inside from outside.
 */
function findParts({ data, height, width }: Mask, value: 0 | 1): Parts {
  const parts = new Parts()
  const corner = value
  let above = 0
  for (let y = 0; y < height; y++) {
    const first = parts.length
    addRowSpans(parts, data, y, width, value)
    for (let i = first; i < parts.length; i++) {
      const { x0, x1 } = parts.span(i)
      while (above < first && parts.span(above).x1 + corner <= x0) above++
      for (let j = above; j < first && parts.span(j).x0 < x1 + corner; j++) parts.join(i, j)
    }
    above = first
  }
  return parts
}

function addRowSpans(parts: Parts, data: Uint8Array, y: number, width: number, value: 0 | 1): void {
  const row = y * width
  for (let x = 0; x < width; x++) {
    if (data[row + x] !== value) continue
    const x0 = x
    while (x < width && data[row + x] === value) x++
    parts.add(y, x0, x)
  }
}

function paintSpans(
  { data, width }: Mask,
  parts: Parts,
  value: 0 | 1,
  isWanted: (i: number) => boolean,
): Rectangle {
  let changed = EMPTY_RECTANGLE
  parts.forEach(({ y, x0, x1 }, i) => {
    if (!isWanted(i)) return
    data.fill(value, y * width + x0, y * width + x1)
    changed = joinRectangles(changed, { x0, x1, y0: y, y1: y + 1 })
  })
  return changed
}

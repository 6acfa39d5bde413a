import { clickLinks, type ClickLinks } from './click-links.ts'
import { geodesicDistance } from './geodesic.ts'
import { GridCut } from './grid-cut.ts'
import { colourBins, colourEvidence, motionEvidence, type Sides } from './histograms.ts'
import { tellsMotion, type Click, type ClickPicture } from './picture.ts'

/** Part of the picture that lies nearest to the clicks, from which the object is learned first. */
const NEAREST = 0.008
/** Times that both sides are learned and cut: the second time from what was cut first. */
const ROUNDS = 2
/** How much motion counts beside colour, and the most that it may say against it. */
const MOTION = 2
const MOST_MOTION = 2.5
/** How much it counts to be nearer to a click on the object than to the border, or to one beside it. */
const NEARNESS = 0.1
const LOCAL = 0.3
/** The most that all of it may say. */
const MOST = 6
/** Pixels around a click that belong to it, whatever else speaks against them. */
const RADIUS = 1.5
const SURE = 1e4

/** Distances from the clicks, [H, W]. */
interface Distances {
  /** From those on the object, from those beside it (Infinity without one), from the border. */
  on: Float32Array
  off: Float32Array
  border: Float32Array
  /** A distance that is short. */
  unit: number
}

/**
 * Finds the object that clicks point at in one picture. Colours and motion of object and surroundings
 * are learned near the clicks along geodesics (Bai and Sapiro, ICCV 2007), then the picture is cut where
 * that costs least, and both are learned again from the result (GrabCut: Rother et al., SIGGRAPH 2004).
 * What is learned counts the places around the clicks as much as all others, so a click tells what
 * colours and motion did not. The same clicks always give the same object.
 */
export class ClickSegmenter {
  readonly picture: ClickPicture
  private readonly bins: Uint16Array
  private readonly moving: Uint8Array | null
  private readonly grid: GridCut
  private readonly links: ClickLinks
  private readonly border: Float32Array

  constructor(picture: ClickPicture) {
    this.picture = picture
    this.bins = colourBins(picture.rgb)
    this.moving = tellsMotion(picture) ? picture.moving : null
    this.grid = new GridCut(picture.height, picture.width)
    this.links = clickLinks(picture)
    this.border = this.distance(borderOf(picture))
  }

  /** @returns [H, W] u8: 1 on the object; empty without a click on it inside the picture */
  segment(clicks: readonly Click[]): Uint8Array {
    const mask = new Uint8Array(this.bins.length)
    const on = placesNear(clicks, 1, this.picture)
    if (on.length === 0) return mask
    const off = placesNear(clicks, 0, this.picture)
    const distances = this.distances(on, off)
    const prefer = new Float32Array(mask.length)
    let sides = firstSides(distances)
    for (let round = 0; round < ROUNDS; round++) {
      if (off.length > 0) stress(sides.outside, distances.off, distances.unit)
      if (round > 0) stress(sides.inside, distances.on, distances.unit)
      this.weigh(sides, distances, prefer)
      for (const p of on) prefer[p] = SURE
      for (const p of off) prefer[p] = -SURE
      this.grid.cut(prefer, this.links.links, mask)
      keepJoined(mask, on, this.picture)
      const inside = Float32Array.from(mask)
      sides = { inside, outside: inside.map((value) => 1 - value) }
    }
    return mask
  }

  private distances(on: readonly number[], off: readonly number[]): Distances {
    const near = this.distance(on)
    const order = near.slice().sort()
    const unit = Math.max(1e-3, order[Math.floor(NEAREST * order.length)])
    return { on: near, off: this.distance(off), border: this.border, unit }
  }

  private distance(from: readonly number[]): Float32Array {
    return geodesicDistance(from, this.picture, this.links)
  }

  /** What speaks for the object at each pixel. @param prefer [H, W]; receives it */
  private weigh(sides: Sides, distances: Distances, prefer: Float32Array): void {
    const { on, off, border, unit } = distances
    const colours = colourEvidence(this.bins, sides)
    const motion = this.moving && motionEvidence(this.moving, sides).map(ofMotion)
    const weight = motion ? this.picture.colours : 1
    const least = 0.1 * unit
    for (let p = 0; p < prefer.length; p++) {
      let value = weight * colours[this.bins[p]]
      if (motion && this.moving) value += motion[this.moving[p]]
      const away = Math.min(off[p], border[p] + unit)
      value += NEARNESS * Math.log((away + least) / (on[p] + least))
      if (off[p] < Infinity) value += LOCAL * Math.log((off[p] + least) / (on[p] + least))
      prefer[p] = within(value, MOST)
    }
  }
}

function ofMotion(value: number): number {
  return within(MOTION * value, MOST_MOTION)
}

function within(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value))
}

/** At first, what is near to clicks on the object, and what is near to the border or to others. */
function firstSides({ on, off, border, unit }: Distances): Sides {
  return {
    inside: on.map((distance) => Math.exp(-distance / unit)),
    outside: on.map((distance, p) =>
      distance < unit ? 0 : Math.exp(-Math.min(off[p], border[p] + unit) / unit),
    ),
  }
}

/** Makes the places near to clicks count as much as all others together. */
function stress(weights: Float32Array, distance: Float32Array, unit: number): void {
  const near = distance.map((value) => Math.exp(-value / unit))
  const [all, own] = [weights, near].map((values) => values.reduce((sum, v) => sum + v, 0))
  const factor = all / Math.max(1e-6, own)
  for (let p = 0; p < weights.length; p++) weights[p] += factor * near[p]
}

function borderOf({ width, height }: ClickPicture): number[] {
  const places: number[] = []
  for (let p = 0; p < width * height; p++) {
    const x = p % width
    if (p < width || p >= width * (height - 1) || x === 0 || x === width - 1) places.push(p)
  }
  return places
}

/** Pixels whose centres are near to a click; the later click has those that two are near to. */
function placesNear(
  clicks: readonly Click[],
  value: 0 | 1,
  { width, height }: ClickPicture,
): number[] {
  const owner = new Map<number, 0 | 1>()
  for (const click of clicks) {
    for (let y = Math.floor(click.y - RADIUS); y <= click.y + RADIUS; y++) {
      for (let x = Math.floor(click.x - RADIUS); x <= click.x + RADIUS; x++) {
        const isInside = x >= 0 && y >= 0 && x < width && y < height
        const isNear = Math.hypot(x + 0.5 - click.x, y + 0.5 - click.y) <= RADIUS
        if (isInside && isNear) owner.set(y * width + x, click.value)
      }
    }
  }
  return [...owner].flatMap(([place, owned]) => (owned === value ? [place] : []))
}

/** Leaves only what is joined to some pixels by sides. */
function keepJoined(mask: Uint8Array, from: readonly number[], { width }: { width: number }): void {
  const joined = new Uint8Array(mask.length)
  const waiting = [...from]
  for (let p = waiting.pop(); p !== undefined; p = waiting.pop()) {
    if (joined[p] === 1 || mask[p] === 0) continue
    joined[p] = 1
    if (p % width > 0) waiting.push(p - 1)
    if ((p + 1) % width > 0) waiting.push(p + 1)
    if (p >= width) waiting.push(p - width)
    if (p + width < mask.length) waiting.push(p + width)
  }
  mask.set(joined)
}

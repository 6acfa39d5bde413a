import { apart, type Ground } from './ground.ts'
import { outsideOf } from './outside.ts'
import { regionsOf } from './regions.ts'
import type { Placement } from './placement.ts'

type Size = Pick<Placement, 'height' | 'width'>

/** What a step between two neighbours costs beside the difference of their colours. */
const STEP = 1
/** Costs are counted in whole numbers up to this. */
const MOST = 4095
/** At which cost the edge of the picture counts as ground. */
const EDGE = 40
/** The part of a region's border that must lie along what moves. */
const ENCLOSED = 0.5
/** How much better a region must go on into the front than into the ground. */
const BETTER = 0.75
/** How far along the border of swept places votes are added up, in pixels. */
const ALONG = 3
/** How far a place at rest looks for a telling one over swept places, in pixels. */
const REACH = 5

const FRONT = 1
const BEHIND = 2

/**
 * The places at rest that belong to what moves: the inside of a thing of one colour, which nothing
 * shows to move. Ground and front grow from the border of the swept places into those at rest, each
 * as far as colours go on smoothly (a geodesic segmentation as Bai and Sapiro's, 2007). A region of
 * front counts if it lies mostly along swept places and goes on into their front rather than into
 * the ground behind them.
 * @param swept [H, W]
 * @param ground as `groundOf` gives it
 * @returns [H, W]; with the swept places in it of which no frame shows the ground
 */
export function restingFront(swept: Uint8Array, ground: Ground, size: Size): Uint8Array {
  const { seen, telling } = ground
  const { height, width } = size
  const rest = seen.map((value, i) => value & (swept[i] ^ 1))
  const votes = votesAlong(rest, swept, ground, size)
  const labels = grow(rest, votes, ground, size)
  const outside = outsideOf(swept, seen, height, width)
  const inside = rest.map((value, i) =>
    value === 1 && (outside[i] === 0 || labels[i] === FRONT) ? 1 : 0,
  )
  const regions = regionsOf(inside, height, width)
  const sums = regions.sizes.map(() => ({ front: 0, behind: 0, along: 0, around: 0 }))
  forEachNeighbour(size, (i, n) => {
    if (inside[i] === 0 || inside[n] === 1) return
    const sum = sums[regions.labels[i]]
    sum.around++
    sum.along += swept[n]
    sum.front += votes[i]
  })
  const isFront = sums.map((sum) => sum.along >= ENCLOSED * sum.around && sum.front > 0)
  for (let i = 0; i < inside.length; i++) {
    if (inside[i] === 1 && !isFront[regions.labels[i]]) inside[i] = 0
  }
  const silent = swept.map((value, i) => value & (telling[i] ^ 1))
  for (let round = 0; round < REACH; round++) {
    const before = inside.slice()
    forEachNeighbour(size, (i, n) => {
      if (silent[i] === 1 && before[n] === 1) inside[i] = 1
    })
  }
  return inside
}

/**
 * Whether places at rest beside swept ones go on into their front (above 0) or into the ground
 * behind them (below 0); 0 elsewhere. The votes of the neighbourhood count together, because single
 * colours agree by chance.
 */
function votesAlong(
  rest: Uint8Array,
  swept: Uint8Array,
  { behind, front, telling }: Ground,
  { height, width }: Size,
): Float32Array {
  const single = new Float32Array(rest.length)
  const beside: number[] = []
  forEachNeighbour({ height, width }, (i, first) => {
    if (rest[i] === 0 || swept[first] === 0) return
    const step = first - i
    let n = first
    for (let k = 1; k < REACH && telling[n] === 0; k++) {
      const next = n + step
      const isNewLine = Math.abs(step) === 1 && Math.floor(next / width) !== Math.floor(i / width)
      if (next < 0 || next >= rest.length || isNewLine || swept[next] === 0) return
      n = next
    }
    if (telling[n] === 0) return
    if (beside.at(-1) !== i) beside.push(i)
    single[i] += BETTER * apart(behind, i, behind, n) - apart(behind, i, front, n)
  })
  const votes = new Float32Array(rest.length)
  for (const i of beside) {
    const x = i % width
    const y = (i - x) / width
    let sum = 0
    for (let v = Math.max(0, y - ALONG); v <= Math.min(height - 1, y + ALONG); v++) {
      for (let u = Math.max(0, x - ALONG); u <= Math.min(width - 1, x + ALONG); u++) {
        sum += single[v * width + u]
      }
    }
    votes[i] = sum
  }
  return votes
}

/** Shortest paths over the places at rest, with a queue of buckets by cost. */
function grow(
  rest: Uint8Array,
  votes: Float32Array,
  { behind, seen }: Ground,
  { height, width }: Size,
): Uint8Array {
  const costs = new Uint16Array(rest.length).fill(MOST)
  const labels = new Uint8Array(rest.length)
  const settled = new Uint8Array(rest.length)
  const heads = new Int32Array(MOST + 1).fill(-1)
  const nexts: number[] = []
  const places: number[] = []
  const offer = (i: number, cost: number, label: number): void => {
    const whole = Math.min(MOST - 1, Math.round(cost))
    if (rest[i] === 0 || whole >= costs[i]) return
    costs[i] = whole
    labels[i] = label
    nexts.push(heads[whole])
    heads[whole] = places.length
    places.push(i)
  }
  for (let i = 0; i < rest.length; i++) {
    if (votes[i] !== 0) offer(i, 0, votes[i] > 0 ? FRONT : BEHIND)
    else if (rest[i] === 1 && isAtEdge(seen, i, height, width)) offer(i, EDGE, BEHIND)
  }
  for (let cost = 0; cost < MOST; cost++) {
    for (let entry = heads[cost]; entry >= 0; entry = heads[cost]) {
      heads[cost] = nexts[entry]
      const i = places[entry]
      if (settled[i] === 1) continue
      settled[i] = 1
      const x = i % width
      const reach = (n: number): void => {
        if (rest[n] === 1 && settled[n] === 0) {
          offer(n, cost + STEP + apart(behind, i, behind, n), labels[i])
        }
      }
      if (x > 0) reach(i - 1)
      if (x < width - 1) reach(i + 1)
      if (i >= width) reach(i - width)
      if (i < rest.length - width) reach(i + width)
    }
  }
  return labels
}

/** Whether a place lies at the edge of the canvas or of what is seen. */
function isAtEdge(seen: Uint8Array, i: number, height: number, width: number): boolean {
  const x = i % width
  if (x === 0 || x === width - 1 || i < width || i >= (height - 1) * width) return true
  return seen[i - 1] + seen[i + 1] + seen[i - width] + seen[i + width] < 4
}

/** Calls for every place and each of its four neighbours. */
function forEachNeighbour(
  { height, width }: Size,
  visit: (i: number, neighbour: number) => void,
): void {
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (x > 0) visit(i, i - 1)
      if (x < width - 1) visit(i, i + 1)
      if (y > 0) visit(i, i - width)
      if (y < height - 1) visit(i, i + width)
    }
  }
}

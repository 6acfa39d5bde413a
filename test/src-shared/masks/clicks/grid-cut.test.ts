import { describe, expect, test } from 'vitest'
import { FORWARD, forwardSteps, GridCut, hasNeighbour } from '#shared/masks/clicks/grid-cut.ts'
import { Rng } from '#shared/random/rng.ts'

interface Grid {
  height: number
  width: number
  prefer: Float32Array
  links: Float32Array
}

function randomGrid(rng: Rng): Grid {
  const [height, width] = [1 + rng.int(4), 1 + rng.int(4)]
  const pixels = height * width
  // Whole numbers add up without rounding; some links and some preferences are nothing.
  return {
    height,
    width,
    prefer: Float32Array.from({ length: pixels }, () => rng.int(21) - 10),
    links: Float32Array.from({ length: 4 * pixels }, () => Math.max(0, rng.int(10) - 2)),
  }
}

/** What it costs to part a grid like this. */
function costOf(grid: Grid, side: Uint8Array): number {
  const { height, width, prefer, links } = grid
  const pixels = height * width
  const steps = forwardSteps(width)
  let cost = 0
  for (let p = 0; p < pixels; p++) {
    if (side[p] === 0 && prefer[p] > 0) cost += prefer[p]
    if (side[p] === 1 && prefer[p] < 0) cost -= prefer[p]
    for (const [i, d] of FORWARD.entries()) {
      if (!hasNeighbour(p, d, grid)) continue
      if (side[p] !== side[p + steps[i]]) cost += links[i * pixels + p]
    }
  }
  return cost
}

function leastCost(grid: Grid): number {
  const pixels = grid.height * grid.width
  let least = Infinity
  for (let bits = 0; bits < 2 ** pixels; bits++) {
    const side = Uint8Array.from({ length: pixels }, (_, p) => (bits >> p) & 1)
    least = Math.min(least, costOf(grid, side))
  }
  return least
}

describe('the cut of a grid', () => {
  test('costs as little as the best of all cuts', () => {
    const rng = new Rng(7)
    for (let trial = 0; trial < 150; trial++) {
      const grid = randomGrid(rng)
      if (grid.height * grid.width > 12) continue
      const side = new Uint8Array(grid.height * grid.width)
      new GridCut(grid.height, grid.width).cut(grid.prefer, grid.links, side)
      expect(costOf(grid, side)).toBe(leastCost(grid))
    }
  })

  test('does not depend on what was cut before', () => {
    const rng = new Rng(3)
    const cutter = new GridCut(40, 50)
    const draw = () => ({
      prefer: Float32Array.from({ length: 2000 }, () => rng.normal()),
      links: Float32Array.from({ length: 8000 }, () => rng.uniform(0, 0.3)),
    })
    const [first, second] = [draw(), draw()]
    const alone = new Uint8Array(2000)
    new GridCut(40, 50).cut(second.prefer, second.links, alone)
    const after = new Uint8Array(2000)
    cutter.cut(first.prefer, first.links, after)
    cutter.cut(second.prefer, second.links, after)
    expect(after).toEqual(alone)
    expect(alone).toContain(1)
    expect(alone).toContain(0)
  })
})

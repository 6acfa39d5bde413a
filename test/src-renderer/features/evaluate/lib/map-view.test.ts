import { expect, it } from 'vitest'
import { Rng } from '#shared/random/rng.ts'
import { paintPoints } from '../../../../../src-renderer/src/features/evaluate/lib/map-pixels.ts'
import {
  MapIndex,
  isShown,
  wholeMap,
  zoomMap,
} from '../../../../../src-renderer/src/features/evaluate/lib/map-view.ts'

const COUNT = 3000
const rng = new Rng(4)
const points = {
  videoId: Array.from({ length: COUNT }, (_, i) => i),
  x: Array.from({ length: COUNT }, () => rng.uniform(-1, 1)),
  y: Array.from({ length: COUNT }, () => rng.uniform(-0.4, 0.4)),
  label: Array.from({ length: COUNT }, () => rng.int(5)),
  test: Array.from({ length: COUNT }, () => rng.int(2)),
}
const all = { hidden: new Set<number>(), train: true, test: true }

/** The same by looking at every point. */
function slowly(x: number, y: number, reach: number, filter: typeof all): number | null {
  const near = points.videoId
    .filter((i) => isShown(points, i, filter))
    .map((i) => ({ i, far: Math.hypot(points.x[i] - x, points.y[i] - y) }))
    .filter(({ far }) => far <= reach)
    .sort((a, b) => a.far - b.far)
  return near[0]?.i ?? null
}

it('finds the point that looking at all of them finds, among those that are shown', () => {
  const index = new MapIndex(points)
  const filters = [all, { hidden: new Set([0, 3]), train: false, test: true }]
  for (const filter of filters) {
    for (let i = 0; i < 300; i++) {
      const [x, y] = [rng.uniform(-1.1, 1.1), rng.uniform(-0.5, 0.5)]
      const reach = [0.004, 0.03, 0.4][i % 3]
      expect(index.nearest(x, y, reach, filter)).toBe(slowly(x, y, reach, filter))
    }
  }
})

it('keeps the point under the pointer when it zooms', () => {
  const stage = { width: 800, height: 500 }
  const view = wholeMap(stage)
  const at = { x: 600, y: 100 }
  const before = (at.x - view.left) / view.scale
  const near = zoomMap(view, 3, at, stage)
  expect(near.scale).toBeCloseTo(3 * view.scale, 9)
  expect((at.x - near.left) / near.scale).toBeCloseTo(before, 9)
  expect(zoomMap(view, 1e9, at, stage).scale).toBeLessThan(1e6)
  expect(zoomMap(view, 1e-9, at, stage).scale).toBeGreaterThan(view.scale / 3)
})

it('puts rings and full points where they belong, the chosen class on top and others pale', () => {
  const three = {
    videoId: [1, 2, 3],
    x: [0, 0.5, 0.5],
    y: [0, 0, 0],
    label: [0, 1, 0],
    test: [0, 1, 1],
  }
  const plane = { pixels: new Uint32Array(40 * 20), width: 40, height: 20 }
  const colours = Uint32Array.of(0xff0000ff, 0xff00ff00)
  const scene = { points: three, radius: 2, colours, view: { scale: 20, left: 10, top: 10 } }
  paintPoints(plane, { ...scene, filter: all, label: null })
  const at = (x: number, y: number): number => plane.pixels[y * 40 + x]
  expect([at(10, 10), at(12, 10), at(10, 8), at(13, 10)]).toEqual([0, 0xff0000ff, 0xff0000ff, 0])
  // The third point lies on the second.
  expect([at(20, 10), at(22, 10)]).toEqual([0xff0000ff, 0xff0000ff])
  paintPoints(plane, { ...scene, filter: all, label: 1 })
  expect([at(20, 10), at(12, 10)]).toEqual([0xff00ff00, 0x300000ff])
  paintPoints(plane, { ...scene, filter: { ...all, hidden: new Set([0]) }, label: null })
  expect([at(12, 10), at(20, 10)]).toEqual([0, 0xff00ff00])
})

import { cpus } from 'node:os'
import { paintBrush } from '#shared/masks/edits/brush.ts'
import { floodFill } from '#shared/masks/edits/flood-fill.ts'
import { grow, shrink } from '#shared/masks/edits/grow.ts'
import { fillHoles, invert, keepLargestPart } from '#shared/masks/edits/parts.ts'
import { fillPolygon, fillRectangle } from '#shared/masks/edits/polygon.ts'
import { smooth } from '#shared/masks/edits/smooth.ts'
import { replaceMask, type Mask } from '#shared/masks/mask.ts'
import { packRuns, unpackRuns } from '#shared/masks/packed-runs.ts'
import { decodeRuns, encodeChange, encodeRuns, xorRuns } from '#shared/masks/runs.ts'
import { Rng } from '#shared/random/rng.ts'

export interface EditBenchRow {
  edit: string
  /** Median time of one edit. */
  milliseconds: number
  /** The slowest but one in twenty. */
  p95: number
}

export interface EditBench {
  height: number
  width: number
  /** Edits timed, of each kind. */
  times: number
  cpu: string
  node: string
  rows: EditBenchRow[]
}

const HEIGHT = 720
const WIDTH = 1280

/**
 * Times every way of changing a mask at 1280 x 720, and the storing of a change, on a mask with a
 * ragged outline, holes and specks.
 * @param times edits timed, of each kind. Default 40, which takes a few seconds
 */
export function benchEdits(times = 40): EditBench {
  const ragged = raggedMask()
  return {
    height: HEIGHT,
    width: WIDTH,
    times,
    cpu: cpus()[0]?.model ?? 'unknown',
    node: process.versions.node,
    rows: Object.entries(editsOf(ragged)).map(([edit, run]) => benchOne(edit, ragged, run, times)),
  }
}

type Edit = (mask: Mask, rng: Rng) => unknown

function editsOf(ragged: Mask): Record<string, Edit> {
  const frame = colours(ragged)
  const changed = { ...ragged, data: ragged.data.slice() }
  grow(changed, 3)
  const change = encodeChange(ragged.data, changed.data)
  const packed = packRuns(encodeRuns(ragged.data))
  return {
    'brush sample, radius 20': (mask, rng) => paintBrush(mask, ...stroke(rng, 20, 30), 1),
    'brush sample, radius 150': (mask, rng) => paintBrush(mask, ...stroke(rng, 150, 100), 1),
    'brush across the frame': (mask) =>
      paintBrush(mask, { x: 40, y: 40, radius: 10 }, { x: 1240, y: 680, radius: 40 }, 1),
    rectangle: (mask) => fillRectangle(mask, { x: 100, y: 50 }, { x: 1200, y: 700 }, 1),
    'lasso of 2,000 points': (mask) => fillPolygon(mask, star(2000), 1),
    'flood fill': (mask) => floodFill(mask, { x: 1, y: 1 }, 1),
    'flood fill by colour': (mask) => floodFill(mask, { x: 1, y: 1 }, 1, { frame, tolerance: 24 }),
    'grow by 3': (mask) => grow(mask, 3),
    'grow by 40': (mask) => grow(mask, 40),
    'shrink by 3': (mask) => shrink(mask, 3),
    'smooth, radius 3': (mask) => smooth(mask, 3),
    'smooth, radius 20': (mask) => smooth(mask, 20),
    'fill holes': fillHoles,
    'keep the largest part': keepLargestPart,
    invert,
    'runs of a change': (mask) => packRuns(encodeChange(mask.data, changed.data)),
    'undo or redo': (mask) => {
      const runs = xorRuns(unpackRuns(packed), change)
      replaceMask(mask, decodeRuns(runs, mask.data.length))
    },
    'read a stored mask': (mask) => decodeRuns(unpackRuns(packed), mask.data.length, mask.data),
  }
}

function benchOne(edit: string, ragged: Mask, run: Edit, count: number): EditBenchRow {
  const rng = new Rng(2)
  const times = Array.from({ length: count + 5 }, () => {
    const mask = { ...ragged, data: ragged.data.slice() }
    const started = performance.now()
    run(mask, rng)
    return performance.now() - started
  })
  // The first calls are still being compiled.
  const sorted = times.slice(5).sort((a, b) => a - b)
  const part = (q: number): number => sorted[Math.floor(q * sorted.length)]
  return { edit, milliseconds: part(0.5), p95: part(0.95) }
}

/** A disc with a wavy outline, with holes in it and specks around it. */
function raggedMask(): Mask {
  const rng = new Rng(1)
  const data = new Uint8Array(HEIGHT * WIDTH)
  for (let y = 0, i = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, i++) {
      const angle = Math.atan2(y - HEIGHT / 2, x - WIDTH / 2)
      const radius = 250 + 40 * Math.sin(9 * angle) + 12 * Math.sin(61 * angle)
      const inside = Math.hypot(x - WIDTH / 2, y - HEIGHT / 2) < radius
      data[i] = inside !== rng.chance(0.005) ? 1 : 0
    }
  }
  return { data, height: HEIGHT, width: WIDTH }
}

/** [H, W, 3] u8: one colour inside, one outside, with noise. */
function colours({ data }: Mask): Uint8Array {
  const rng = new Rng(3)
  return Uint8Array.from({ length: data.length * 3 }, (_, i) => {
    return (data[Math.floor(i / 3)] ? 180 : 60) + rng.int(16)
  })
}

function stroke(rng: Rng, radius: number, step: number) {
  const from = { x: rng.uniform(200, 1000), y: rng.uniform(200, 500), radius }
  const to = { x: from.x + rng.uniform(-step, step), y: from.y + step, radius: 0.8 * radius }
  return [from, to] as const
}

function star(points: number): { x: number; y: number }[] {
  return Array.from({ length: points }, (_, i) => {
    const angle = (2 * Math.PI * i) / points
    const radius = 300 + 40 * Math.sin(25 * angle)
    return { x: 640 + radius * Math.cos(angle), y: 360 + radius * Math.sin(angle) }
  })
}

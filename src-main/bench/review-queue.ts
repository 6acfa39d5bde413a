import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import {
  queueOrderSchema,
  queueQuerySchema,
  type ClipWindow,
  type QueueQuery,
} from '#shared/contract/mask-windows.ts'
import { encodeRuns } from '#shared/masks/runs.ts'
import { Rng } from '#shared/random/rng.ts'
import { Store } from '../store/store.ts'

export interface QueueBenchRow {
  what: string
  /** Median time, and the slowest. */
  milliseconds: number
  slowest: number
}

export interface QueueBench {
  videos: number
  cpu: string
  node: string
  rows: QueueBenchRow[]
}

const WIDTH = 1280
const HEIGHT = 720
const CLASSES = 100
const AUTHOR = 'bench'
const TIMES = 20
/** Rows a commit. */
const PIECE = 5000

/**
 * Times pages of the review queue over so many scored videos, and strokes with their way to disk, in
 * a database of its own.
 */
export async function benchQueue(videos: number): Promise<QueueBench> {
  const folder = await mkdtemp(join(tmpdir(), 'fame-bench-queue-'))
  const store = new Store(join(folder, 'workbench.sqlite'))
  try {
    const windows = await seed(store, videos)
    const rows = [...pageRows(store, videos), ...strokeRows(store, windows[0])]
    return { videos, cpu: cpus()[0]?.model ?? 'unknown', node: process.versions.node, rows }
  } finally {
    store.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function seed(store: Store, videos: number): Promise<ClipWindow[]> {
  const datasetId = store.datasets.ensure({ name: 'bench', format: 'folder', folder: '/bench' })
  const rng = new Rng(1)
  const about = { split: null, fps: 25, duration: 4, size: 1, codec: 'h264', error: null }
  for (let at = 0; at < videos; at += PIECE) {
    const rows = Array.from({ length: Math.min(PIECE, videos - at) }, (_, i) => {
      const name = `Class${(at + i) % CLASSES}`
      const path = `${name}/${at + i}.mp4`
      const shape = { frames: 100, width: WIDTH, height: HEIGHT, modified: 1 }
      return { ...about, ...shape, path, class: name }
    })
    store.videos.write(datasetId, rows)
    await breathe()
  }
  const windows: ClipWindow[] = []
  for (const page of store.videos.pages({})) {
    const scored = page.map(({ id }) => ({
      videoId: id,
      start: rng.int(60),
      frames: 16,
      stride: 2,
      stability: rng.uniform(),
      area: rng.uniform(),
      agreement: rng.uniform(),
      priority: rng.uniform(),
    }))
    store.maskQueue.write(scored)
    windows.push(...scored)
    await breathe()
  }
  const rejected = windows.filter((_, i) => i % 50 === 0).map((window) => ({ window }))
  store.masks.decide(rejected, { state: 'rejected' }, { author: AUTHOR, label: 'reject' })
  return windows
}

function pageRows(store: Store, videos: number): QueueBenchRow[] {
  const filters: [string, QueueQuery][] = [
    ['all', {}],
    ['one state', { states: ['rejected'] }],
    ['one class', { class: 'Class7' }],
    ['at the end', { offset: Math.max(0, videos - 200) }],
  ]
  return queueOrderSchema.options.flatMap((order) =>
    filters.map(([name, filter]) => {
      const query = queueQuerySchema.parse({ ...filter, order })
      return timed(`page by ${order}, ${name}`, () => store.maskQueue.page(query))
    }),
  )
}

/** Strokes with a brush on a round mask, each committed. */
function strokeRows(store: Store, window: ClipWindow): QueueBenchRow[] {
  const { masks } = store
  const origin = {
    beta: 0.5,
    variant: 'fame',
    adaptive: false,
    compensate: false,
    size: 112,
  } as const
  const base = { origin, width: WIDTH, height: HEIGHT, fame: disc(WIDTH / 2, HEIGHT / 2, 250) }
  const start = { window, revision: masks.open(window)?.history.revision ?? 0, label: 'start' }
  let { revision } = masks.edit({ ...start, change: [WIDTH * HEIGHT], base }, AUTHOR).history
  const rng = new Rng(2)
  const changes = Array.from({ length: TIMES + 1 }, () => disc(rng.int(WIDTH), rng.int(HEIGHT), 20))
  const stroke = timed('stroke, on disk', (i) => {
    const change = changes[i]
    revision = masks.edit({ window, revision, label: 'brush', change }, AUTHOR).history.revision
  })
  return [stroke, timed('undo, on disk', () => masks.undo(window, AUTHOR))]
}

function disc(cx: number, cy: number, radius: number): number[] {
  const mask = new Uint8Array(WIDTH * HEIGHT)
  for (let y = Math.max(0, cy - radius); y < Math.min(HEIGHT, cy + radius); y++) {
    const half = Math.round(Math.sqrt(radius ** 2 - (y - cy) ** 2))
    mask.fill(1, y * WIDTH + Math.max(0, cx - half), y * WIDTH + Math.min(WIDTH, cx + half))
  }
  return encodeRuns(mask)
}

/** Once to warm up, then as often as counts. */
function timed(what: string, work: (i: number) => unknown): QueueBenchRow {
  work(TIMES)
  const times = Array.from({ length: TIMES }, (_, i) => {
    const started = performance.now()
    work(i)
    return performance.now() - started
  }).sort((a, b) => a - b)
  return { what, milliseconds: times[TIMES / 2], slowest: times[TIMES - 1] }
}

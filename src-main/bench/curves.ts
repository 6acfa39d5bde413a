import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { curvesRequestSchema } from '#shared/contract/curves.ts'
import { Rng } from '#shared/random/rng.ts'
import { Store } from '../store/store.ts'
import { CurveCache } from '../runs/curves/curve-cache.ts'
import { thinCurves } from '../runs/curves/thin-curves.ts'

export interface CurveBench {
  points: number
  curves: number
  /** Reading the whole history once. */
  firstMilliseconds: number
  /** Longest time in which the host answered nothing else meanwhile. */
  longestBlock: number
  /** Median and 95th percentile of a request for one curve, smoothed, from a window of the run. */
  requestMilliseconds: number
  requestP95: number
  cpu: string
  node: string
}

const NAMES = ['loss', 'accuracy', 'top5', 'lr', 'gradientNorm', 'positive', 'negative', 'spread']
const REQUESTS = 200

/** Times the curves of a run of `points` measurements, as the charts of a page ask for them. */
export async function benchCurves(points: number): Promise<CurveBench> {
  const folder = await mkdtemp(join(tmpdir(), 'fame-curves-'))
  const store = new Store(join(folder, 'workbench.sqlite'))
  try {
    const steps = Math.ceil(points / NAMES.length)
    const run = fill(store, steps)
    const cache = new CurveCache(store.runMetrics)
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const started = performance.now()
    await cache.read(run)
    const firstMilliseconds = performance.now() - started
    delay.disable()
    const times = await timeRequests(cache, run, steps)
    return {
      points: steps * NAMES.length,
      curves: NAMES.length,
      firstMilliseconds,
      longestBlock: delay.max / 1e6,
      requestMilliseconds: times[REQUESTS / 2],
      requestP95: times[Math.floor(REQUESTS * 0.95)],
      cpu: cpus()[0]?.model ?? 'unknown',
      node: process.versions.node,
    }
  } finally {
    store.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function fill(store: Store, steps: number): number {
  const config = completeConfig({})
  const datasetId = store.datasets.ensure({ name: 'a', format: 'ucf101', folder: '/a' })
  const { id } = store.runs.add({ name: 'bench', config, datasetId, totalSteps: steps })
  const rng = new Rng(1)
  for (let step = 1; step <= steps; step++) {
    store.runMetrics.append(
      id,
      NAMES.map((name) => ({ step, name, value: rng.normal() })),
    )
  }
  store.runMetrics.flush()
  return id
}

/** Milliseconds of each request, the shortest first. */
async function timeRequests(cache: CurveCache, id: number, steps: number): Promise<number[]> {
  const rng = new Rng(2)
  const times: number[] = []
  for (let i = 0; i < REQUESTS; i++) {
    const from = rng.uniform(0, steps)
    const window = { from, to: from + rng.uniform(0, steps) }
    const names = [NAMES[i % NAMES.length]]
    const request = curvesRequestSchema.parse({ id, names, smoothing: 0.6, ...window })
    const started = performance.now()
    thinCurves(await cache.read(id), request, 1)
    times.push(performance.now() - started)
  }
  return times.sort((a, b) => a - b)
}

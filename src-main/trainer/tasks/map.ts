import { Worker } from 'node:worker_threads'
import type { MapArtefact } from '#shared/tasks/map/artefact.ts'
import { entryPath } from '../../base/processes/entry-path.ts'
import { threadFlags } from '../../base/processes/thread-flags.ts'
import type { TrainerVideo } from '../process/messages.ts'
import type { PlannedPhase } from '../evaluation/work-plan.ts'
import type { EvaluationContext, Outcome, Runner, Split } from '../evaluation/context.ts'
import { meanOverClips } from '../evaluation/features.ts'
import { featuresOfStreams } from './neighbours/neighbours.ts'
import { unitRows } from './neighbours/unit-rows.ts'
import type { MapLayout } from './map/map-layout.ts'
import type { MapNews } from './map/map-worker.ts'
import { nearestRows, type NearestRows } from './map/nearest-rows.ts'

/** More points than these are thinned out evenly. */
const MOST = 20_000
/** Fewer have no neighbourhoods to keep. */
const FEWEST = 4

const SEARCHING = 'Finding neighbours'
const LAYING_OUT = 'Laying out the map'
/** What a pair of videos costs to compare, and a point to lay out, in clips through the encoder. */
const PAIR = 1e-6
const POINT = 0.05

export const map: Runner = { isFrozen: true, plan, run }

function plan(context: EvaluationContext): PlannedPhase[] {
  const splits = shownSplits(context)
  const videos = splits.reduce((sum, split) => sum + context.videos[split].length, 0)
  const points = Math.min(MOST, videos)
  return [
    ...splits.flatMap((split) => context.ofEachStream((stream) => [stream.encoding(split)])),
    { name: SEARCHING, work: PAIR * points ** 2, isGuess: true },
    { name: LAYING_OUT, work: POINT * points, isGuess: true },
  ]
}

function shownSplits({ job }: EvaluationContext): Split[] {
  return job.settings.shown === 'both' ? ['test', 'train'] : ['test']
}

/**
 * A map of the embeddings: features averaged over the clips of a video, less their mean, at length 1,
 * laid out in a plane by UMAP so that neighbours by cosine stay neighbours. With several streams, those of
 * each stand side by side, so that the cosine is the mean of theirs. `purity` is the share of the nearest
 * videos, by features, that are of the same class.
 * @returns null when asked to stop
 */
async function run(context: EvaluationContext): Promise<Outcome | null> {
  const points = await embeddings(context)
  if (!points) return null
  const { settings } = context.job
  const count = points.videos.length
  if (count < FEWEST) {
    throw new Error(`A map needs at least ${FEWEST} readable videos, but there are ${count}.`)
  }
  const k = Math.min(count - 1, settings.neighbours + 1)
  const search = context.phase(SEARCHING, 'videos', count)
  const neighbours = await nearestRows(context.engine, { ...points, k }, async (done) => {
    search.advance(done)
    return context.breathe()
  })
  search.flush()
  if (!neighbours) return null
  const { minDistance } = settings
  const places = await layOut(context, { neighbours, minDistance, seed: context.seed })
  if (!places) return null
  context.artefact('map', artefactOf(context, points, places))
  const tested = points.videos.filter(({ split }) => split === 'test').length
  return {
    scores: { purity: purityOf(points, neighbours) },
    detail: null,
    trainVideos: count - tested,
    testVideos: tested,
  }
}

interface Points {
  videos: { video: TrainerVideo; split: Split }[]
  /** [N, C], of length 1. */
  rows: Float32Array
  /** C. */
  size: number
  /** Videos before thinning. */
  total: number
}

async function embeddings(context: EvaluationContext): Promise<Points | null> {
  const videos: Points['videos'] = []
  /** Means over the clips of each video, stream by stream. */
  const means: { of: Float32Array; size: number }[][] = context.streams.map(() => [])
  for (const split of shownSplits(context)) {
    const all = await featuresOfStreams(context, split)
    if (!all) return null
    for (const video of all[0].videos) videos.push({ video, split })
    all.forEach((stream, i) => means[i].push({ of: meanOverClips(stream), size: stream.size }))
  }
  const kept = Math.min(MOST, videos.length)
  const chosen = Array.from({ length: kept }, (_, i) => Math.floor((i * videos.length) / kept))
  const streams = means.map((ofSplits) => {
    const [{ size }] = ofSplits
    const all = joined(ofSplits.map(({ of }) => of))
    const rows = new Float32Array(kept * size)
    chosen.forEach((place, i) => rows.set(all.subarray(place * size, (place + 1) * size), i * size))
    return { rows: unitRows(centred(rows, size), size), size }
  })
  return { videos: chosen.map((place) => videos[place]), ...beside(streams), total: videos.length }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  parts.reduce((at, part) => {
    all.set(part, at)
    return at + part.length
  }, 0)
  return all
}

/** Unit rows of several streams as one row of length 1 each, whose cosines are the means of theirs. */
function beside(streams: readonly Pick<Points, 'rows' | 'size'>[]): Pick<Points, 'rows' | 'size'> {
  if (streams.length === 1) return streams[0]
  const size = streams.reduce((sum, stream) => sum + stream.size, 0)
  const count = streams[0].rows.length / streams[0].size
  const rows = new Float32Array(count * size)
  const share = 1 / Math.sqrt(streams.length)
  let at = 0
  for (const stream of streams) {
    for (let row = 0; row < count; row++) {
      for (let c = 0; c < stream.size; c++) {
        rows[row * size + at + c] = share * stream.rows[row * stream.size + c]
      }
    }
    at += stream.size
  }
  return { rows, size }
}

/** Rows less their mean. */
function centred(rows: Float32Array, size: number): Float32Array {
  const mean = new Float64Array(size)
  rows.forEach((value, i) => (mean[i % size] += (value * size) / rows.length))
  return rows.map((value, i) => value - mean[i % size])
}

/** Lays points out in a thread of its own. @returns [N, 2], or null when asked to stop */
async function layOut(context: EvaluationContext, layout: MapLayout): Promise<Float32Array | null> {
  const reporter = context.phase(LAYING_OUT, 'passes', 1)
  const worker = new Worker(entryPath('map-layout'), {
    workerData: layout,
    execArgv: threadFlags(),
  })
  // Between two passes there may be many seconds, and before the first one minutes.
  const stopping = setInterval(() => context.stopRequested && void worker.terminate(), 200)
  try {
    return await new Promise((resolve, reject) => {
      worker.on('error', reject)
      worker.on('exit', () => resolve(null))
      worker.on('message', (news: MapNews) => {
        if ('done' in news) reporter.advance(news.done / news.total)
        if (context.stopRequested) resolve(null)
        else if ('points' in news) resolve(news.points)
      })
    })
  } finally {
    clearInterval(stopping)
    await worker.terminate()
    reporter.flush()
  }
}

function purityOf({ videos }: Points, { indices, k }: NearestRows): number {
  let alike = 0
  indices.forEach((row, i) => {
    const own = Math.floor(i / k)
    if (row !== own && videos[row].video.label === videos[own].video.label) alike++
  })
  return alike / (videos.length * (k - 1))
}

function artefactOf(
  { job }: EvaluationContext,
  { videos, total }: Points,
  places: Float32Array,
): MapArtefact {
  const axis = (offset: 0 | 1): number[] =>
    videos.map((_, i) => Math.round(places[2 * i + offset] * 1e5) / 1e5)
  return {
    kind: 'map',
    classes: job.classes,
    neighbours: job.settings.neighbours,
    minDistance: job.settings.minDistance,
    total,
    points: {
      videoId: videos.map(({ video }) => video.id ?? 0),
      x: axis(0),
      y: axis(1),
      label: videos.map(({ video }) => video.label),
      test: videos.map(({ split }) => Number(split === 'test')),
    },
  }
}

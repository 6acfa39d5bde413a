import { cpus, loadavg } from 'node:os'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { readFramePlan } from '../../video/frame-plan.ts'
import { VideoReader } from '../../video/reader.ts'
import { ClipLoader } from '../../trainer/loader/clip-loader.ts'
import type { TrainerVideo } from '../../trainer/process/messages.ts'

/** How much of the loader's work is done. */
export const LOADER_WORK = {
  /** Decode, sample, crop, resize, flip, normalise. */
  crop: { merge: 'none', grayscale: 0, jitter: 0, blur: 0 },
  /** FAME's mask and merging of the query clips, too. */
  fame: { merge: 'query', grayscale: 0, jitter: 0, blur: 0 },
  /** Colour jitter, grayscale and blur of the reference recipe, too. */
  recipe: { merge: 'query' },
} as const satisfies Record<string, Partial<PretrainConfig>>
export type LoaderWork = keyof typeof LOADER_WORK

export interface LoaderBenchRow {
  /** What the videos are called. */
  videos: string
  work: LoaderWork
  clips: number
  clipsPerSecond: number
  /** Clips for each second of processor time of all threads. */
  clipsPerCoreSecond: number
}

export interface LoaderBench {
  rows: LoaderBenchRow[]
  threads: number
  batch: number
  frames: number
  stride: number
  size: number
  cpu: string
  cores: number
  /** Processes that wanted to run on average over the last minute, when it began and ended. */
  load: [number, number]
  node: string
}

export interface LoaderBenchOptions {
  config: PretrainConfig
  /** Paths by what they are called. */
  sets: Record<string, readonly string[]>
  /** For each row, after half as many that are not timed. */
  seconds: number
}

/**
 * Times the whole way from video files to batches of clips, in the loader's threads, over and over the
 * same videos.
 * @throws Error when no video of a set can be read
 */
export async function benchLoader({
  config,
  sets,
  seconds,
}: LoaderBenchOptions): Promise<LoaderBench> {
  const { loaderThreads: threads, batch, frames, stride, size } = config
  const before = loadavg()[0]
  const rows: LoaderBenchRow[] = []
  for (const [videos, paths] of Object.entries(sets)) {
    const listed = listVideos(paths, batch)
    for (const work of Object.keys(LOADER_WORK) as LoaderWork[]) {
      const values = { ...config, ...LOADER_WORK[work] }
      rows.push({ videos, work, ...(await timeBatches(listed, values, seconds)) })
    }
  }
  return {
    rows,
    threads,
    batch,
    frames,
    stride,
    size,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    load: [before, loadavg()[0]],
    node: process.versions.node,
  }
}

/** At least a batch: the same ones again where there are fewer. */
function listVideos(paths: readonly string[], batch: number): TrainerVideo[] {
  const videos = paths.map((path) => ({ path, frames: countFrames(path), label: -1 }))
  return Array.from({ length: Math.max(batch, videos.length) }, (_, i) => videos[i % videos.length])
}

function countFrames(path: string): number {
  const planned = readFramePlan(path)?.length
  if (planned !== undefined) return planned
  const reader = VideoReader.open(path)
  try {
    return reader.countFrames()
  } finally {
    reader.close()
  }
}

type Times = Pick<LoaderBenchRow, 'clips' | 'clipsPerSecond' | 'clipsPerCoreSecond'>

async function timeBatches(
  videos: TrainerVideo[],
  config: PretrainConfig,
  seconds: number,
): Promise<Times> {
  const loader = new ClipLoader(videos, config, (message) => {
    throw new Error(message)
  })
  const begun = now()
  let start: Moment | null = null
  let clips = 0
  try {
    for await (const batch of loader.batches(0, Infinity)) {
      const moment = now()
      if (start) {
        clips += 2 * batch.videos.length
        if (moment.wall - start.wall >= seconds) return rates(clips, start, moment)
      } else if (moment.wall - begun.wall >= seconds / 2) {
        start = moment
      }
    }
  } finally {
    await loader.close()
  }
  throw new Error('The loader ended before it was stopped.')
}

interface Moment {
  /** Seconds. */
  wall: number
  cpu: number
}

function now(): Moment {
  const { user, system } = process.cpuUsage()
  return { wall: performance.now() / 1e3, cpu: (user + system) / 1e6 }
}

function rates(clips: number, start: Moment, end: Moment): Times {
  const clipsPerSecond = clips / (end.wall - start.wall)
  return { clips, clipsPerSecond, clipsPerCoreSecond: clips / (end.cpu - start.cpu) }
}

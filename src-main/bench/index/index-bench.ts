import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { promisify } from 'node:util'
import { Store } from '../../store/store.ts'
import { DecoderPool } from '../../video/decoder-pool.ts'
import type { Prober } from '../../datasets/index-pass.ts'
import { indexDataset } from '../../datasets/indexer.ts'
import { timeFfprobe, type FfprobeTime } from './ffprobe.ts'
import { writeLinkTree, writeVideoTree } from './tree.ts'

export interface IndexTime {
  videos: number
  seconds: number
  videosPerSecond: number
  /** Videos that could not be read. */
  errors: number
  /** Longest time in ms for which the host answered nobody. */
  longestBlock: number
}

export interface IndexBench {
  cpu: string
  cores: number
  node: string
  /** Decoder processes, and ffprobe processes at a time. */
  processes: number
  cold: IndexTime
  incremental: IndexTime
  /** Null where ffprobe is not installed, or was to read none. */
  ffprobe: FfprobeTime | null
  /** Cold, as a multiple of ffprobe's videos a second. */
  timesFfprobe: number | null
  /** Second passes over data sets in which nothing has changed. */
  unchanged: IndexTime[]
}

export interface IndexBenchOptions {
  /** Folder of a data set to time instead of a generated tree. */
  folder?: string
  /** Videos of the generated tree. */
  videos: number
  /** Videos of it that ffprobe is timed on, at most. */
  ffprobeVideos: number
  /** Sizes of the data sets of second passes. */
  rows: readonly number[]
  /** Decoder processes; without it as many as the workbench takes. */
  processes?: number
  /** Told what is being done. */
  onStep?: (step: string) => void
}

/** A file that is never opened: second passes are to read none. */
const instant: Prober = {
  probe: () =>
    Promise.resolve({
      frames: 200,
      fps: 25,
      width: 320,
      height: 240,
      duration: 8,
      codec: 'mpeg4',
      error: null,
      hash: '0',
    }),
}

/**
 * Times indexing in a temporary project: a tree of videos for the first time and again,
 * ffprobe over the same files, and second passes over larger trees of hard links, whose rows are
 * written without reading the files. Files have just been written, so disks play no part.
 */
export async function benchIndex(options: IndexBenchOptions): Promise<IndexBench> {
  const { videos, ffprobeVideos, rows, onStep } = options
  const folder = await mkdtemp(join(tmpdir(), 'fame-index-bench-'))
  const pool = new DecoderPool(options.processes === undefined ? {} : { size: options.processes })
  try {
    const tree = options.folder ?? join(folder, 'videos')
    if (options.folder === undefined) {
      onStep?.(`writing ${videos} videos`)
      await writeVideoTree(tree, videos)
      await flushed()
    }
    onStep?.(`indexing ${tree}`)
    const { cold, incremental, files } = await timeTree(folder, tree, pool)
    onStep?.('counting packets with ffprobe')
    const ffprobe = await timeFfprobe(files.slice(0, ffprobeVideos), pool.size)
    const unchanged: IndexTime[] = []
    for (const count of rows) {
      onStep?.(`indexing ${count} unchanged videos`)
      unchanged.push(await timeUnchanged(join(folder, String(count)), count))
    }
    const timesFfprobe = ffprobe && cold.videosPerSecond / ffprobe.videosPerSecond
    const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length }
    const node = process.versions.node
    const { size: processes } = pool
    return { ...machine, node, processes, cold, incremental, ffprobe, timesFfprobe, unchanged }
  } finally {
    pool.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Else the database's first commits would wait for the generated files to reach the disk. */
async function flushed(): Promise<void> {
  await promisify(execFile)('sync').catch(() => undefined)
}

async function timeTree(folder: string, tree: string, pool: DecoderPool) {
  const store = new Store(join(folder, 'workbench.sqlite'))
  try {
    const cold = await timeIndex(store, pool, tree)
    const incremental = await timeIndex(store, pool, tree)
    const files: string[] = []
    for (const page of store.videos.pages()) files.push(...page.map(({ path }) => join(tree, path)))
    return { cold, incremental, files }
  } finally {
    store.close()
  }
}

async function timeUnchanged(folder: string, count: number): Promise<IndexTime> {
  const tree = join(folder, 'videos')
  await writeLinkTree(tree, count)
  await flushed()
  const store = new Store(join(folder, 'workbench.sqlite'))
  try {
    await timeIndex(store, instant, tree)
    return await timeIndex(store, instant, tree)
  } finally {
    store.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** @throws Error when the indexing did not end */
async function timeIndex(store: Store, decoder: Prober, folder: string): Promise<IndexTime> {
  const loop = monitorEventLoopDelay({ resolution: 1 })
  loop.enable()
  for await (const event of indexDataset({ store, decoder, folder })) {
    if (event.type !== 'done') continue
    loop.disable()
    const { total: videos, seconds, errors } = event
    const videosPerSecond = videos / seconds
    return { videos, seconds, videosPerSecond, errors, longestBlock: loop.max / 1e6 }
  }
  throw new Error('The indexing ended before it was done.')
}

import { readFileSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import type { LoaderBench } from '../../../bench/training/loader-bench.ts'
import type { DecodeBench } from '../../../bench/video/decoding.ts'
import { jsonOption, UsageError, wholeNumber } from '../arguments.ts'
import { print, printJson, say, table } from '../output.ts'

const VIDEO = /\.(avi|mp4|mkv|webm|mov|m4v|mpe?g|flv|wmv|3gp)$/i

const videosOption = (): Option =>
  new Option(
    '--videos <paths...>',
    'videos, folders of videos, or .txt files with one path per line, instead of generated videos',
  )

interface LoaderOptions {
  videos?: string[]
  frames: number
  stride: number
  size: number
  batch: number
  threads: number
  seconds: number
  json: boolean
}

export const loaderBench = new Command('loader')
  .description('time the loading of batches from video files: without FAME, with FAME, and in full')
  .addOption(videosOption())
  .option('--frames <n>', 'frames per clip', wholeNumber(2, 128), 16)
  .option('--stride <n>', 'distance between two frames', wholeNumber(1, 32), 2)
  .option('--size <px>', 'height and width of a clip', wholeNumber(16, 448), 112)
  .option('--batch <n>', 'videos per batch, each with two clips', wholeNumber(2, 4096), 4)
  .option('--threads <n>', 'loader threads', wholeNumber(1, 64), 1)
  .option('--seconds <n>', 'seconds for each row', wholeNumber(1, 3600), 10)
  .addOption(jsonOption())
  .action(async ({ videos, threads, seconds, json, ...values }: LoaderOptions) => {
    const sets = await videoSets(videos)
    const { benchLoader } = await import('../../../bench/training/loader-bench.ts')
    const queue = values.batch
    const config = completeConfig({ ...values, queue, loaderThreads: threads })
    const bench = await benchLoader({ config, sets, seconds })
    if (json) printJson(bench)
    else printLoader(bench)
  })

function printLoader(bench: LoaderBench): void {
  const rows = bench.rows.map(({ videos, work, clips, ...rates }) => [
    videos,
    work,
    clips,
    Number(rates.clipsPerSecond.toFixed(1)),
    Number(rates.clipsPerCoreSecond.toFixed(1)),
  ])
  print(table(['videos', 'work', 'clips', 'clips/s', 'clips/s per core'], rows))
  const { threads, batch, frames, stride, size } = bench
  const thread = threads === 1 ? '1 thread' : `${threads} threads`
  print(`${frames} frames at stride ${stride}, ${size} px, batches of ${batch} videos, ${thread}`)
  printMachine(bench)
}

export const decodeBench = new Command('decode')
  .description('time sequential and random decoding, in frames per second of one core')
  .addOption(videosOption())
  .addOption(jsonOption())
  .action(async ({ videos, json }: Pick<LoaderOptions, 'videos' | 'json'>) => {
    const sets = await videoSets(videos)
    const { benchDecode } = await import('../../../bench/video/decoding.ts')
    const paths = Object.values(sets)
    const bench = benchDecode(videos ? paths.flat() : paths.map(([first]) => first))
    if (json) return printJson(bench)
    const rows = bench.rows.map(({ file, width, height, codec, frames, ...rates }) => [
      ...[file, `${width} x ${height}`, codec, frames],
      ...[rates.decoded, rates.converted, rates.random].map(Math.round),
    ])
    print(table(['file', 'size', 'codec', 'frames', 'decoded/s', 'RGB/s', 'anywhere/s'], rows))
    printMachine(bench)
  })

function printMachine({ cpu, cores, node, load }: LoaderBench | DecodeBench): void {
  const loads = load.map((x) => x.toFixed(1)).join(' to ')
  print(`${cpu}, ${cores} cores, Node ${node}, load ${loads}`)
}

/** Paths by what they are called: those named, or the generated sets. */
async function videoSets(named: string[] | undefined): Promise<Record<string, string[]>> {
  if (named) return { given: (await Promise.all(named.map(videosAt))).flat() }
  const { BENCH_SETS, benchVideos } = await import('../../../bench/video/bench-videos.ts')
  const sets: Record<string, string[]> = {}
  for (const set of Object.keys(BENCH_SETS) as (keyof typeof BENCH_SETS)[]) {
    say(`videos of ${set} …`)
    sets[set] = await benchVideos(set)
  }
  return sets
}

/** @throws UsageError where there is none */
async function videosAt(path: string): Promise<string[]> {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) throw new UsageError(`There is no ${path}.`)
  const found = stats.isDirectory() ? await videosUnder(path) : fromFile(path)
  if (found.length === 0) throw new UsageError(`${path} has no videos.`)
  return found.map((file) => resolve(file))
}

async function videosUnder(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  return names
    .filter((name) => VIDEO.test(name))
    .sort()
    .map((name) => join(folder, name))
}

function fromFile(path: string): string[] {
  if (!path.endsWith('.txt')) return [path]
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.filter((line) => line.trim()).map((line) => resolve(dirname(path), line.trim()))
}

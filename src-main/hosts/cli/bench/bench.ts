import { resolve } from 'node:path'
import { Command } from 'commander'
import { jsonOption, wholeNumber } from '../arguments.ts'
import { collectiveBench } from './bench-collective.ts'
import { flowBench } from './bench-flow.ts'
import { hostBench } from './bench-host.ts'
import { kernelsBench } from './bench-kernels.ts'
import { pageBench } from './bench-page.ts'
import { masksBench } from './bench-masks.ts'
import { queueBench } from './bench-queue.ts'
import { featuresBench, peakBench, trainBench } from './bench-train.ts'
import { decodeBench, loaderBench } from './bench-video.ts'
import { print, printJson, say, table } from '../output.ts'

const maskBench = new Command('mask')
  .description("time FAME's mask on one thread")
  .addOption(jsonOption())
  .action(async ({ json }: { json: boolean }) => {
    const { benchMask } = await import('../../../bench/video/mask-pictures.ts')
    const bench = benchMask()
    if (json) return printJson(bench)
    const rows = bench.rows.map(({ frames, size, clipsPerSecond, ...times }) => [
      `${frames} x ${size} x ${size}`,
      Number(times.millisecondsPerClip.toFixed(2)),
      Math.round(clipsPerSecond),
      Number(times.millisecondsCompensated.toFixed(2)),
    ])
    print(table(['clip', 'ms per clip', 'clips/s', 'ms compensated'], rows))
    print(`${bench.cpu}, Node ${bench.node}`)
  })

type ScrubOptions = { keyframes: number; width: number; json: boolean }

type IndexOptions = Record<'videos' | 'ffprobeVideos' | 'rows', number> & {
  folder?: string
  processes?: number
  json: boolean
}

const indexBench = new Command('index')
  .description('time the indexing of generated videos, beside ffprobe if it is installed')
  .option('--folder <dir>', 'data set to index instead of generated videos')
  .option('--videos <n>', 'videos to generate and index', wholeNumber(20, 100_000), 2000)
  .option(
    '--ffprobe-videos <n>',
    'number of these videos for ffprobe',
    wholeNumber(0, 100_000),
    500,
  )
  .option(
    '--rows <n>',
    'size of the largest unchanged data set',
    wholeNumber(1000, 1_000_000),
    100_000,
  )
  .option('--processes <n>', 'decoder processes', wholeNumber(1, 64))
  .addOption(jsonOption())
  .action(async ({ rows: largest, json, ...options }: IndexOptions) => {
    const { benchIndex } = await import('../../../bench/index/index-bench.ts')
    const rows = [1000, 10_000, 100_000].filter((count) => count < largest).concat(largest)
    const bench = await benchIndex({ ...options, rows, onStep: (step) => say(`${step} …`) })
    if (json) return printJson(bench)
    const { cold, incremental, ffprobe, unchanged, timesFfprobe } = bench
    const times = [
      ['first time', cold],
      ['again', incremental],
      ...unchanged.map((time) => ['unchanged', time] as const),
    ] as const
    const shown = times.map(([what, { videos, seconds, videosPerSecond, longestBlock }]) => [
      what,
      videos,
      Number(seconds.toFixed(2)),
      Math.round(videosPerSecond),
      Number(longestBlock.toFixed(1)),
    ])
    print(table(['pass', 'videos', 's', 'videos/s', 'longest block, ms'], shown))
    if (ffprobe && timesFfprobe !== null) {
      const rate = ffprobe.videosPerSecond.toFixed(1)
      print(
        `ffprobe ${ffprobe.version}: ${rate} videos/s; first time is ${timesFfprobe.toFixed(1)} x`,
      )
    }
    print(`${bench.cpu}, ${bench.cores} cores, ${bench.processes} processes, Node ${bench.node}`)
  })

const editBench = new Command('edit')
  .description('time every kind of mask edit at 1280 x 720')
  .addOption(jsonOption())
  .action(async ({ json }: { json: boolean }) => {
    const { benchEdits } = await import('../../../bench/mask-edits.ts')
    const bench = benchEdits()
    if (json) return printJson(bench)
    const rows = bench.rows.map(({ edit, milliseconds, p95 }) => [
      edit,
      Number(milliseconds.toFixed(2)),
      Number(p95.toFixed(2)),
    ])
    print(table(['edit', 'median ms', 'p95 ms'], rows))
    print(`${bench.width} x ${bench.height}; ${bench.cpu}, Node ${bench.node}`)
  })

const curveBench = new Command('curves')
  .description("time the requests of the page's charts for a long run")
  .option(
    '--points <n>',
    'number of points that the run has measured',
    wholeNumber(1000, 10_000_000),
    1e6,
  )
  .addOption(jsonOption())
  .action(async ({ points, json }: { points: number; json: boolean }) => {
    const { benchCurves } = await import('../../../bench/curves.ts')
    const bench = await benchCurves(points)
    if (json) return printJson(bench)
    const { cpu, node, ...numbers } = bench
    const rows = Object.entries(numbers).map(([name, value]) => [name, Number(value.toFixed(2))])
    print(table(['', ''], rows))
    print(`${cpu}, Node ${node}`)
  })

const scrubBench = new Command('scrub')
  .description(
    'time the pictures while scrubbing through a video; without a file, through a generated one',
  )
  .argument('[video]', 'video file')
  .option(
    '--keyframes <n>',
    'frames between keyframes of a generated video',
    wholeNumber(1, 1000),
    250,
  )
  .option('--width <pixels>', 'width of the pictures', wholeNumber(16, 4096), 1280)
  .addOption(jsonOption())
  .action(async (video: string | undefined, { keyframes, width, json }: ScrubOptions) => {
    const { benchScrub } = await import('../../../bench/video/scrubbing.ts')
    const { longVideo } = await import('../../../bench/video/long-video.ts')
    if (video === undefined) say('making a video of 10 minutes, once …')
    const bench = await benchScrub(video ? resolve(video) : await longVideo(keyframes), width)
    if (json) return printJson(bench)
    const rows = (['first', 'exact'] as const).map((which) => {
      const { requests, ...times } = bench[which]
      return [which, requests, ...Object.values(times).map((value) => Number(value.toFixed(1)))]
    })
    print(table(['picture', 'requests', 'p50, ms', 'p95, ms', 'max, ms'], rows))
    const memory = bench.decoderMemory.map((bytes) => (bytes ? Math.round(bytes / 1e6) : '?'))
    print(`off by ${bench.off} frames in the median; ${bench.opening.toFixed(0)} ms to open`)
    print(
      `decoders took ${memory.join(' and ')} MB; load ${bench.load.map((x) => x.toFixed(1)).join(' to ')}`,
    )
    print(`${bench.cpu}, ${bench.cores} cores, Node ${bench.node}`)
  })

export const benchCommand = new Command('bench')
  .description('time one part of the workbench on this machine')
  .addCommand(maskBench)
  .addCommand(trainBench)
  .addCommand(featuresBench)
  .addCommand(peakBench)
  .addCommand(kernelsBench)
  .addCommand(loaderBench)
  .addCommand(decodeBench)
  .addCommand(masksBench)
  .addCommand(flowBench)
  .addCommand(indexBench)
  .addCommand(scrubBench)
  .addCommand(editBench)
  .addCommand(queueBench)
  .addCommand(curveBench)
  .addCommand(collectiveBench)
  .addCommand(hostBench)
  .addCommand(pageBench)

import { Command, Option } from 'commander'
import type { PretrainConfig } from '#shared/config/pretrain-config.ts'
import { completeConfig, settingsOf } from '#shared/config/pretrain-config.ts'
import { DEFAULT_METHOD, METHODS } from '#shared/methods/index.ts'
import type { FeatureBench } from '../../../bench/training/feature-bench.ts'
import type { PeakBench } from '../../../bench/training/peak.ts'
import type { TrainBench } from '../../../bench/training/train-bench.ts'
import type { EngineInfo } from '../../../trainer/process/messages.ts'
import { jsonOption, modelOption, precisionOption, wholeNumber } from '../arguments.ts'
import { print, printJson, table } from '../output.ts'
import { runTask } from '../trainer-task.ts'
import type { TrainingTimerJob } from './training-timer.ts'

interface Options {
  /** Only of whole steps. */
  method?: string
  model: PretrainConfig['model']
  precision: PretrainConfig['precision']
  frames: number
  size: number
  batch: number
  steps: number
  profile: boolean
  json: boolean
}

/** Negatives of the reference recipe on UCF101. */
const QUEUE = 2048

function timing(name: string, description: string, batch: Option): Command {
  return new Command(name)
    .description(description)
    .addOption(modelOption())
    .option('--frames <n>', 'frames per clip', wholeNumber(2, 128), 16)
    .option('--size <px>', 'height and width of a clip', wholeNumber(16, 448), 112)
    .addOption(batch)
    .addOption(precisionOption())
    .option(
      '--steps <n>',
      'number of timed steps, after two that are not timed',
      wholeNumber(1, 10_000),
      5,
    )
    .option('--profile', 'also time every kind of op, beside the peak of the CPU', false)
    .addOption(jsonOption())
}

function batchOption(what: string): Option {
  return new Option('--batch <n>', what).argParser(wholeNumber(2, 4096)).default(4)
}

export const trainBench = timing(
  'train',
  'time whole pretraining steps (masks, merging, gradients, update) on clips of noise',
  batchOption('videos per step'),
)
  .addOption(
    new Option('--method <name>', 'method of pretraining').choices(METHODS).default(DEFAULT_METHOD),
  )
  .action(async (options: Options) => {
    const bench = await time<TrainBench>('train', options)
    if (options.json) return printJson(bench)
    const { batch, secondsPerStep, pairsPerSecond } = bench
    const each = `${secondsPerStep.toFixed(3)} s per step of ${batch} videos`
    report(bench, each, `${pairsPerSecond.toFixed(3)} videos/s`)
  })

export const featuresBench = timing(
  'features',
  'time the features of clips of noise, as evaluation computes them',
  batchOption('clips per batch'),
).action(async (options: Options) => {
  const bench = await time<FeatureBench>('features', options)
  if (options.json) return printJson(bench)
  const { batch, secondsPerStep, clipsPerSecond } = bench
  const each = `${secondsPerStep.toFixed(3)} s per batch of ${batch} clips`
  report(bench, each, `${clipsPerSecond.toFixed(3)} clips/s`)
})

export const peakBench = new Command('peak')
  .description('measure the peak speed of the CPU')
  .addOption(jsonOption())
  .action(async ({ json }: { json: boolean }) => {
    const config = completeConfig({})
    const job: TrainingTimerJob = { work: 'peak', config, steps: 1, profile: false }
    const bench = await runTask<TrainingTimerJob, PeakBench>('bench/training-timer.ts', job)
    if (json) return printJson(bench)
    if (bench.peak === null) {
      print("The peak is measured with the workbench's own kernels, which are not in use.")
      return printEngine(bench)
    }
    const { float32, bfloat16, copying } = bench.peak
    const rates = Object.entries({ float32, bfloat16 }).flatMap(([name, rate]) =>
      rate === null ? [] : [[name, giga(rate.oneCore), giga(rate.allCores)]],
    )
    print(table(['GFLOP/s', 'one core', `${bench.threads} cores`], rates))
    print(`${(copying / 1e9).toFixed(1)} GB/s read and written while copying, on all cores`)
    printEngine(bench)
  })

function time<Bench extends TrainBench | FeatureBench>(
  work: 'train' | 'features',
  options: Options,
): Promise<Bench> {
  const { method = DEFAULT_METHOD, model, precision, frames, size, batch, steps, profile } = options
  const queue =
    'queue' in settingsOf(method) ? { queue: batch * Math.ceil(QUEUE / batch) } : undefined
  const config = completeConfig({ method, model, precision, frames, size, batch, ...queue })
  const job: TrainingTimerJob = { work, config, steps, profile }
  return runTask<TrainingTimerJob, Bench>('bench/training-timer.ts', job)
}

function report(bench: TrainBench | FeatureBench, each: string, rate: string): void {
  const { model, frames, size, peakMemoryBytes } = bench
  print(`${each} of ${frames} x ${size} x ${size}`)
  print(`${rate}, ${(peakMemoryBytes / 2 ** 30).toFixed(2)} GiB`)
  print(`${model} in ${bench.precision}, ${bench.threads} threads`)
  printEngine(bench)
  if (bench.operations) profileTable(bench)
}

function printEngine({ notices, tensorflow, deviceName, device, kernels }: EngineInfo): void {
  notices.forEach((notice) => print(notice))
  print(`TensorFlow ${tensorflow} on ${deviceName} (${device})`)
  print(kernels)
}

/** Time by op, and how near it comes to what the processor can do. */
function profileTable({ operations, steps, peak }: TrainBench | FeatureBench): void {
  const rows = (operations ?? []).map(({ op, calls, seconds, operations: count }) => [
    op,
    calls / steps,
    Number(((1000 * seconds) / steps).toFixed(1)),
    count === null ? '' : giga(count / steps),
    count === null ? '' : giga(count / seconds),
    count === null || peak === null ? '' : `${((100 * count) / seconds / peak).toFixed(0)} %`,
  ])
  const heads = ['op', 'calls per step', 'ms per step', 'GFLOP per step', 'GFLOP/s', 'of the peak']
  print(table(heads, rows))
  if (peak !== null) print(`The peak is ${giga(peak)} GFLOP/s, all cores (bin/fame bench peak).`)
}

function giga(n: number): number {
  return Number((n / 1e9).toPrecision(4))
}

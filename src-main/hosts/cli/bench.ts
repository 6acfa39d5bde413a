import { Command } from 'commander'
import { jsonOption, wholeNumber } from './arguments.ts'
import {
  configOption,
  presetOption,
  requestedConfig,
  setOption,
  type HyperParameterOptions,
} from './hyper-parameter-options.ts'
import { print, printJson, table } from './output.ts'

type StepOptions = HyperParameterOptions & { steps: number; json: boolean }

const maskBench = new Command('mask')
  .description("time FAME's mask on one thread")
  .addOption(jsonOption())
  .action(async ({ json }: { json: boolean }) => {
    const { benchMask } = await import('../../media/mask-bench.ts')
    const bench = benchMask()
    if (json) return printJson(bench)
    const rows = bench.rows.map(({ frames, size, millisecondsPerClip, clipsPerSecond }) => [
      `${frames} x ${size} x ${size}`,
      Number(millisecondsPerClip.toFixed(2)),
      Math.round(clipsPerSecond),
    ])
    print(table(['clip', 'ms a clip', 'clips/s'], rows))
    print(`${bench.cpu}, Node ${bench.node}`)
  })

const stepBench = new Command('step')
  .description('time training steps on clips of noise')
  .addOption(presetOption('hyper-parameters of the steps'))
  .addOption(configOption())
  .addOption(setOption())
  .option('--steps <n>', 'steps that are timed', wholeNumber(1, 10_000), 10)
  .addOption(jsonOption())
  .action(async ({ steps, json, ...options }: StepOptions) => {
    const { complete } = requestedConfig(options)
    const { timeSteps } = await import('./time-steps.ts')
    const bench = await timeSteps(complete, steps)
    if (json) return printJson(bench)
    const { engine, model, batch, frames, size, clipsPerSecond, ...times } = bench
    const rows = Object.entries(times).map(([name, value]) => [name, Number(value.toFixed(1))])
    print(table(['part', 'ms'], rows))
    print(`${clipsPerSecond.toFixed(1)} clips/s of ${frames} x ${size} x ${size}, ${batch} videos`)
    print(`${model} in ${engine.precision}`)
    print(`TensorFlow ${engine.tensorflow} on ${engine.deviceName} (${engine.device})`)
  })

export const benchCommand = new Command('bench')
  .description('time one part of the workbench on this machine')
  .addCommand(maskBench)
  .addCommand(stepBench)

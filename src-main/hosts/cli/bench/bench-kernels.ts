import { Command } from 'commander'
import type { KernelBench, Rates } from '../../../bench/training/kernel-bench.ts'
import { jsonOption, modelOption, precisionOption, wholeNumber } from '../arguments.ts'
import type { KernelTimerJob } from './kernel-timer.ts'
import { print, printJson, table } from '../output.ts'

/** `bench kernels` */
export const kernelsBench = new Command('kernels')
  .description("time an encoder's convolutions layer by layer, beside TensorFlow's ops")
  .addOption(modelOption())
  .option('--frames <n>', 'frames per clip', wholeNumber(2, 128), 16)
  .option('--size <px>', 'height and width of a clip', wholeNumber(16, 448), 112)
  .option('--batch <n>', 'clips', wholeNumber(1, 4096), 4)
  .addOption(precisionOption())
  .addOption(jsonOption())
  .action(async ({ json, ...job }: KernelTimerJob & { json: boolean }) => {
    const { runTask } = await import('../trainer-task.ts')
    const bench = await runTask<KernelTimerJob, KernelBench>('bench/kernel-timer.ts', job)
    if (json) return printJson(bench)
    const rows = bench.rows.map(({ layer, count, x, kernel, outputs, forward, input, filter }) => [
      count > 1 ? `${layer} and ${count - 1} more` : layer,
      `${kernel.join('x')} of ${x.join('x')} to ${outputs}`,
      ...[forward, input, filter].map(describe),
    ])
    print(table(['layer', 'sizes', 'forward', 'gradient of x', 'gradient of w'], rows))
    print("GFLOP a second of processor time, ours / TensorFlow's")
    const load = bench.load.map((x) => x.toFixed(1)).join(' to ')
    print(`${bench.model} in ${bench.precision}; ${bench.cpu}, ${bench.cores} cores, load ${load}`)
  })

function describe(rates: Rates | null): string {
  return rates ? `${rates.chosen.toFixed(0)} / ${rates.tensorflow.toFixed(0)}` : ''
}

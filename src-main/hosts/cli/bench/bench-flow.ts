import { Command } from 'commander'
import { jsonOption, wholeNumber } from '../arguments.ts'
import { print, printJson, table } from '../output.ts'

interface FlowBenchFlags {
  size: number
  seconds: number
  json: boolean
}

/** `bench flow` */
export const flowBench = new Command('flow')
  .description('time optical flow on one core, algorithm by algorithm')
  .option('--size <pixels>', 'height and width of the frames', wholeNumber(32, 1024), 112)
  .option('--seconds <n>', 'of processor time for each algorithm', wholeNumber(1, 600), 3)
  .addOption(jsonOption())
  .action(async ({ json, ...options }: FlowBenchFlags) => {
    const { benchFlow } = await import('../../../bench/flow.ts')
    const bench = benchFlow(options)
    if (json) return printJson(bench)
    const rows = bench.rows.map(({ algorithm, pairs, milliseconds, pairsPerSecond }) => [
      algorithm,
      pairs,
      Number(milliseconds.toFixed(2)),
      Number(pairsPerSecond.toFixed(1)),
    ])
    print(table(['algorithm', 'pairs', 'ms a pair', 'pairs/s a core'], rows))
    const { size, cpu, cores, load, node } = bench
    const loads = load.map((x) => x.toFixed(1)).join(' to ')
    print(`frames of ${size} x ${size}, in processor time`)
    print(`${cpu}, ${cores} cores, Node ${node}, load ${loads}`)
  })

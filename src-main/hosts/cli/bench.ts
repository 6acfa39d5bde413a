import { Command } from 'commander'
import { jsonOption } from './arguments.ts'
import { print, printJson, table } from './output.ts'

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

export const benchCommand = new Command('bench')
  .description('time one part of the workbench on this machine')
  .addCommand(maskBench)

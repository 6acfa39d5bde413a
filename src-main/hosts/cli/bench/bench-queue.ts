import { Command } from 'commander'
import { jsonOption, wholeNumber } from '../arguments.ts'
import { print, printJson, table } from '../output.ts'

export const queueBench = new Command('queue')
  .description('time pages of the review queue, and strokes at 1280 x 720 until they are on disk')
  .option('--videos <n>', 'number of scored videos', wholeNumber(200, 1_000_000), 100_000)
  .addOption(jsonOption())
  .action(async ({ videos, json }: { videos: number; json: boolean }) => {
    const { benchQueue } = await import('../../../bench/review-queue.ts')
    const bench = await benchQueue(videos)
    if (json) return printJson(bench)
    const rows = bench.rows.map(({ what, milliseconds, slowest }) => [
      what,
      Number(milliseconds.toFixed(2)),
      Number(slowest.toFixed(2)),
    ])
    print(table(['what', 'median ms', 'slowest ms'], rows))
    print(`${videos} scored videos; ${bench.cpu}, Node ${bench.node}`)
  })

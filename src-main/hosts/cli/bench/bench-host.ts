import { Command } from 'commander'
import { jsonOption, wholeNumber } from '../arguments.ts'
import { print, printJson, say, table } from '../output.ts'

interface HostBenchFlags {
  videos: number
  predictions: number
  points: number
  project?: string
  only?: string
  json: boolean
}

export const hostBench = new Command('host')
  .description('open everything in a large project and find what blocks the event loop longest')
  .option('--videos <n>', 'number of videos in the project', wholeNumber(1000, 1_000_000), 100_000)
  .option(
    '--predictions <n>',
    'number of predictions of an evaluation',
    wholeNumber(100, 1_000_000),
    50_000,
  )
  .option(
    '--points <n>',
    'number of points that a run has measured',
    wholeNumber(1000, 10_000_000),
    1e6,
  )
  .option('--project <dir>', 'where to keep the generated project, or an existing one to use')
  .option('--only <text>', 'only operations whose name contains this: library, runs, evaluations …')
  .addOption(jsonOption())
  .action(async ({ json, ...sizes }: HostBenchFlags) => {
    const { benchHost } = await import('../../../bench/host/bench-host.ts')
    const bench = await benchHost({ ...sizes, onStep: (step) => say(`${step} …`) })
    if (json) return printJson(bench)
    const rows = bench.rows.map(({ what, worked, wall, milliseconds, error }) => [
      what,
      Number(worked.toFixed(1)),
      Number(wall.toFixed(1)),
      Math.round(milliseconds),
      error ?? '',
    ])
    print(table(['what', 'block, ms worked', 'with waiting', 'answer, ms', 'refused'], rows))
    const { videos, predictions, points, load, cpu, node } = bench
    print(`${videos} videos, ${predictions} predictions, ${points} points`)
    print(`${cpu}, load ${load.toFixed(1)}, Node ${node}`)
  })

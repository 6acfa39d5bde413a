import type { ClickFigures, ClicksBench } from '../../../bench/scenes/bench-clicks.ts'
import type { ScenesBenchOptions } from '../../../bench/scenes/bench-scenes.ts'
import { interruption } from '../jobs.ts'
import { print, printJson, table } from '../output.ts'
import { progressView } from '../progress.ts'

/** Runs `bench masks --scenes --clicks`: objects of generated scenes, found by simulated clicks. */
export async function printClicksBench(
  options: Pick<ScenesBenchOptions, 'clips' | 'half'>,
  json: boolean,
): Promise<void> {
  const { benchClicks } = await import('../../../bench/scenes/bench-clicks.ts')
  const view = progressView()
  const run = (): Promise<ClicksBench> =>
    benchClicks({
      ...options,
      signal: interruption(),
      onProgress: (progress) => view.update({ phase: 'Clicking', unit: 'clips', ...progress }),
    })
  const bench = await run().finally(() => view.end())
  if (json) printJson(bench)
  else printTables(bench)
}

function printTables({ clips, kinds, halves, milliseconds, seconds }: ClicksBench): void {
  print(`Mean IoU with the true object after 1, 2 and 3 clicks: ${clips} clips of each kind`)
  const ways = Object.keys(milliseconds)
  const lineOf = (name: string, figures: readonly ClickFigures[]): string[] => [
    name,
    ...figures.map(({ ious }) => ious.map((iou) => iou.toFixed(3)).join('  ')),
  ]
  for (const { half, ways: means } of halves) {
    const own = kinds.filter((kind) => kind.half === half)
    const lines = own.map((kind) => lineOf(kind.kind, kind.ways))
    print('')
    print(table([half, ...ways], [...lines, lineOf('mean', means)]))
  }
  print('')
  const times = Object.entries(milliseconds).map(([way, ms]) => `${way} ${ms.toFixed(0)} ms`)
  print(`Slowest click, median of the objects: ${times.join(', ')} of processor time`)
  print(`${seconds.toFixed(0)} s`)
}

import type {
  KindFigures,
  ScenesBench,
  ScenesBenchOptions,
} from '../../../bench/scenes/bench-scenes.ts'
import { interruption } from '../jobs.ts'
import { print, printJson, table } from '../output.ts'
import { progressView } from '../progress.ts'

/** Runs `bench masks --scenes`: masks of generated scenes, by kind of scene. */
export async function printScenesBench(
  options: Pick<ScenesBenchOptions, 'clips' | 'half'>,
  json: boolean,
): Promise<void> {
  const { benchScenes } = await import('../../../bench/scenes/bench-scenes.ts')
  const view = progressView()
  const run = (): Promise<ScenesBench> =>
    benchScenes({
      ...options,
      signal: interruption(),
      onProgress: (progress) => view.update({ phase: 'Scoring', unit: 'clips', ...progress }),
    })
  const bench = await run().finally(() => view.end())
  if (json) printJson(bench)
  else printTables(bench)
}

function printTables({ clips, kinds, halves, milliseconds, seconds }: ScenesBench): void {
  const names = Object.keys(milliseconds)
  const numbered = names.map((name, i) => `${i + 1} ${name}`)
  print(`Mean IoU with the true masks by kind of scene: ${clips} clips of 16 frames each`)
  print(`Masks: ${numbered.join(', ')}`)
  const columns = names.map((_, i) => String(i + 1))
  for (const half of new Set(halves.map((row) => row.half))) {
    const own = kinds.filter((kind) => kind.half === half)
    print('')
    const withObject = own.filter(({ hasObject }) => hasObject)
    print(
      table(
        [half, 'truth', ...columns],
        withObject.map((kind) => lineOf(kind, 'iou')),
      ),
    )
    print('')
    const empty = own.filter(({ hasObject }) => !hasObject)
    const lines = empty.map((kind) => lineOf(kind, 'area'))
    print(table([`${half}, false foreground`, 'truth', ...columns], lines))
  }
  print('')
  const header = ['half', 'mask', 'mean IoU', 'least', 'of', 'false foreground', 'ms a clip']
  const lines = halves.map((row) => [
    row.half,
    row.trial,
    row.iou.toFixed(3),
    row.leastIou.toFixed(3),
    row.leastKind,
    percent(row.falseForeground),
    milliseconds[row.trial].toFixed(1),
  ])
  print(table(header, lines))
  print(`Times are processor time on one core. ${seconds.toFixed(0)} s`)
}

function lineOf({ kind, truth, trials }: KindFigures, figure: 'iou' | 'area'): string[] {
  const values = trials.map((trial) =>
    figure === 'iou' ? trial.iou.toFixed(3) : percent(trial.area),
  )
  return [kind, `${(100 * truth).toFixed(0)} %`, ...values]
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`
}

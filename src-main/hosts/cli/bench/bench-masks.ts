import { mkdtemp, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { sampleFolders } from '../../../datasets/sample-set/layout.ts'
import type { SampleSplit } from '../../../datasets/sample-set/scene.ts'
import type { SceneHalf } from '../../../bench/scenes/kinds.ts'
import type {
  BenchRow,
  MasksBench,
  MasksBenchOptions as Options,
  SceneSummary,
} from '../../../bench/masks/bench-masks.ts'
import { jsonOption, projectOption, wholeNumber } from '../arguments.ts'
import { followJob, interruption } from '../jobs.ts'
import { print, printJson, table } from '../output.ts'
import { progressView } from '../progress.ts'
import { printClicksBench } from './bench-clicks.ts'
import { printScenesBench } from './bench-scenes.ts'

interface MasksBenchOptions {
  dataset?: string
  project: string
  clips?: number
  split?: SampleSplit
  scenes: boolean
  half?: SceneHalf
  clicks: boolean
  json: boolean
}

/** Of each kind of scene. */
const SCENE_CLIPS = 4

export const masksBench = new Command('masks')
  .description('compare masks of every variant with the true masks of the sample set')
  .option('--dataset <dir>', "folder written by 'fame sample' (default: the project's)")
  .addOption(projectOption())
  .option(
    '--clips <n>',
    'clips, spread evenly over the set (default: all); with --scenes, of each kind (default: 4)',
    wholeNumber(1, 288),
  )
  .addOption(new Option('--split <name>', 'only this split').choices(['train', 'test']))
  .option('--scenes', 'use generated scenes with true masks instead, by kind of scene', false)
  .addOption(
    new Option('--half <name>', 'with --scenes, only this half of the kinds').choices([
      'development',
      'held-out',
    ]),
  )
  .option('--clicks', 'with --scenes, objects found by simulated clicks instead', false)
  .addOption(jsonOption())
  .action(async (options: MasksBenchOptions) => {
    const { dataset, project, clips, split, scenes, half, clicks, json } = options
    const printScenes = clicks ? printClicksBench : printScenesBench
    if (scenes) return printScenes({ clips: clips ?? SCENE_CLIPS, half }, json)
    const ownSet = join(resolve(project), 'sample')
    const given = dataset ?? (existsSync(sampleFolders.masks(ownSet)) ? ownSet : undefined)
    const bench = await withSampleSet(given, (folder) => run({ folder, clips, split }))
    if (json) printJson(bench)
    else printBench(bench)
  })

/** Makes a sample set of its own, for a while, where none is named. */
async function withSampleSet<T>(
  folder: string | undefined,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  if (folder !== undefined) return use(resolve(folder))
  const made = await mkdtemp(join(tmpdir(), 'fame-bench-masks-'))
  try {
    const { writeSampleSet } = await import('../../../datasets/sample-set/write-sample-set.ts')
    await followJob((signal) => writeSampleSet(made, { signal }))
    return await use(made)
  } finally {
    await rm(made, { recursive: true, force: true })
  }
}

async function run(options: Pick<Options, 'folder' | 'clips' | 'split'>): Promise<MasksBench> {
  const { benchMasks } = await import('../../../bench/masks/bench-masks.ts')
  const view = progressView()
  try {
    return await benchMasks({
      ...options,
      signal: interruption(),
      onProgress: (progress) => view.update({ phase: 'Scoring', unit: 'clips', ...progress }),
    })
  } finally {
    view.end()
  }
}

function printBench(bench: MasksBench): void {
  const { frames, stride } = bench.shape
  const clips = bench.clips === 1 ? '1 clip' : `${bench.clips} clips`
  print(`Mean IoU with the true masks: ${clips} of ${frames} frames at stride ${stride}`)
  print(fitTable(bench))
  print('')
  print(table(['best', 'variant', 'beta', 'IoU', 'precision', 'recall', 'area'], bestRows(bench)))
  print('')
  for (const scene of bench.scenes) print(describeScene(scene))
  print(
    `+camera: the camera's motion was removed before differencing. ${bench.seconds.toFixed(0)} s`,
  )
}

/** A line for each variant and beta, two columns for each scene. */
function fitTable({ rows, scenes }: MasksBench): string {
  const columns = scenes.flatMap(({ scene }) =>
    [false, true].map((compensated) => ({ scene, compensated })),
  )
  const header = columns.map(({ scene, compensated }) => (compensated ? '+camera' : scene))
  const kinds = rows.filter((row) => row.scene === 'fixed' && !row.compensated)
  const lines = kinds.map(({ variant, beta }) => {
    const fits = columns.map(({ scene, compensated }) => {
      const row = rows.find(
        (other) =>
          other.variant === variant &&
          other.beta === beta &&
          other.scene === scene &&
          other.compensated === compensated,
      )
      return row ? row.iou.toFixed(3) : null
    })
    return [variant, beta === null ? '-' : String(beta), ...fits]
  })
  return table(['variant', 'beta', ...header], lines)
}

/** For each scene and variant the kind of mask that fits best. */
function bestRows({ rows, scenes }: MasksBench): string[][] {
  return scenes.flatMap(({ scene }) =>
    [...new Set(rows.map((row) => row.variant))].map((variant) => {
      const best = rows
        .filter((row) => row.scene === scene && row.variant === variant)
        .reduce((a, b) => (b.iou > a.iou ? b : a))
      return [best.scene + (best.compensated ? '+camera' : ''), ...figures(best)]
    }),
  )
}

function figures({ variant, beta, iou, precision, recall, area }: BenchRow): string[] {
  const parts = [iou, precision, recall, area].map((value) => value.toFixed(3))
  return [variant, beta === null ? '-' : String(beta), ...parts]
}

const DESCRIPTIONS = {
  fixed: 'the videos unchanged',
  moving: 'a window that pans and shakes over the videos along a seeded path',
  textured: 'the same on a strong texture, with the object at about a third of its contrast',
}

function describeScene({ scene, height, width, truth, cameraFound }: SceneSummary): string {
  const percent = (part: number): string => `${(100 * part).toFixed(0)} %`
  return (
    `${scene}: ${DESCRIPTIONS[scene]}, ${width} x ${height}; ` +
    `true foreground ${percent(truth)}, camera motion found in ${percent(cameraFound)} of the clips`
  )
}

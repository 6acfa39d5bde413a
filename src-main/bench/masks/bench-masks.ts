import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Piscina } from 'piscina'
import type { ClipShape } from '#shared/fame/clip-window.ts'
import { deriveSeed } from '#shared/random/rng.ts'
import { sampleFolders } from '../../datasets/sample-set/layout.ts'
import { sampleGeometry, type SampleSplit } from '../../datasets/sample-set/scene.ts'
import { entryPath } from '../../base/processes/entry-path.ts'
import { WorkbenchError } from '../../base/workbench-error.ts'
import { threadFlags } from '../../base/processes/thread-flags.ts'
import { WINDOW } from './moving-camera.ts'
import { SCENES, type Scene, type ScoreTask, type VideoScore } from './scenes.ts'
import type { MaskFit, MaskKind } from './score.ts'

export interface BenchRow extends MaskKind, MaskFit {
  scene: Scene
}

export interface SceneSummary {
  scene: Scene
  height: number
  width: number
  /** Mean part of the frame that is foreground in any frame of the clip. */
  truth: number
  /** Part of the clips in which compensation found the camera to move. */
  cameraFound: number
}

export interface MasksBench {
  folder: string
  /** One clip from the middle of each video. */
  clips: number
  shape: ClipShape
  seed: number
  scenes: SceneSummary[]
  /** Means over the clips. */
  rows: BenchRow[]
  seconds: number
}

export interface BenchProgress {
  done: number
  total: number
  /** Clips a second. */
  rate: number
  secondsLeft: number
}

export interface MasksBenchOptions {
  /** A folder that `fame sample` has written. */
  folder: string
  /** How many clips, spread evenly over the set. Default: one of each video. */
  clips?: number
  /** Of one split alone: what is chosen by masks is chosen on training videos. Default: both. */
  split?: SampleSplit
  signal?: AbortSignal
  onProgress?: (progress: BenchProgress) => void
}

const SHAPE: ClipShape = { frames: 16, stride: 2 }
const SEED = 1

/**
 * Holds masks of every kind against the true masks of the sample set: with the camera fixed, with a
 * camera that pans and shakes, and with that camera before a strong background.
 * @throws WorkbenchError when the folder holds no sample set with true masks
 */
export async function benchMasks(options: MasksBenchOptions): Promise<MasksBench> {
  const { folder, onProgress, signal } = options
  const tasks = await tasksOf(options)
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  let done = 0
  const advance = (): void => {
    done++
    const rate = done / seconds()
    onProgress?.({ done, total: tasks.length, rate, secondsLeft: (tasks.length - done) / rate })
  }
  const scores = await scoreAll(tasks, advance, signal)
  return {
    folder,
    clips: tasks.length,
    shape: SHAPE,
    seed: SEED,
    scenes: SCENES.map((scene) => summarise(scene, scores)),
    rows: SCENES.flatMap((scene) => meanRows(scene, scores)),
    seconds: seconds(),
  }
}

async function tasksOf({
  folder,
  split,
  clips = Infinity,
}: MasksBenchOptions): Promise<ScoreTask[]> {
  const names = await listedVideos(folder, split)
  const count = Math.min(clips, names.length)
  return Array.from({ length: count }, (_, i) => {
    const index = Math.floor((i * names.length) / count)
    return {
      video: join(sampleFolders.videos(folder), names[index]),
      masks: join(sampleFolders.masks(folder), names[index].replace(/\.avi$/, '.mkv')),
      length: sampleGeometry.frames,
      shape: SHAPE,
      seed: deriveSeed(SEED, index),
    }
  })
}

/** Paths of the videos, by class. */
async function listedVideos(folder: string, split?: SampleSplit): Promise<string[]> {
  if (!existsSync(sampleFolders.masks(folder))) {
    throw new WorkbenchError(
      `${folder} has no true masks. Name a folder that 'fame sample DIR' has written.`,
    )
  }
  const lists = (split ? [split] : (['train', 'test'] as const)).map((name) =>
    readFile(join(sampleFolders.lists(folder), `${name}list01.txt`), 'utf8'),
  )
  const lines = (await Promise.all(lists)).flatMap((text) => text.trimEnd().split('\n'))
  return lines.map((line) => line.split(' ')[0]).sort()
}

async function scoreAll(
  tasks: readonly ScoreTask[],
  advance: () => void,
  signal: AbortSignal | undefined,
): Promise<VideoScore[]> {
  const pool = new Piscina<ScoreTask, VideoScore>({
    filename: entryPath('mask-scorer'),
    name: 'scoreVideo',
    execArgv: threadFlags(),
    maxThreads: Math.min(availableParallelism(), tasks.length),
  })
  try {
    return await Promise.all(
      tasks.map(async (task) => {
        const score = await pool.run(task, { signal })
        advance()
        return score
      }),
    )
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    await pool.destroy()
  }
}

function summarise(scene: Scene, scores: readonly VideoScore[]): SceneSummary {
  return {
    scene,
    ...(scene === 'fixed'
      ? { height: sampleGeometry.height, width: sampleGeometry.width }
      : { height: WINDOW.height, width: WINDOW.width }),
    truth: mean(scores.map((score) => score[scene].truth)),
    cameraFound: mean(scores.map((score) => Number(score[scene].cameraFound))),
  }
}

/** Every clip has the same kinds of masks in the same order. */
function meanRows(scene: Scene, scores: readonly VideoScore[]): BenchRow[] {
  return scores[0][scene].masks.map(({ variant, beta, compensated }, i) => {
    const of = (figure: keyof MaskFit): number =>
      mean(scores.map((score) => score[scene].masks[i][figure]))
    const fit = { iou: of('iou'), precision: of('precision'), recall: of('recall') }
    return { scene, variant, beta, compensated, ...fit, area: of('area') }
  })
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

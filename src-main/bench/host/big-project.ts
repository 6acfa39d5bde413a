import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { defaultSettings } from '#shared/config/evaluation-settings.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import type { MeasuredDetail } from '#shared/contract/evaluations.ts'
import type { ActivationArtefact } from '#shared/tasks/activation/artefact.ts'
import type { Protocol } from '#shared/tasks/index.ts'
import type { MapArtefact } from '#shared/tasks/map/artefact.ts'
import { Rng } from '#shared/random/rng.ts'
import { openProject, type Project } from '../../store/project.ts'
import { addMovingVideo } from './moving-video.ts'

export interface BigSizes {
  videos: number
  predictions: number
  points: number
}

const CLASSES = Array.from({ length: 400 }, (_, i) => `Class${i}`)
const METRICS = ['loss', 'accuracy', 'top5', 'lr', 'gradientNorm', 'positive', 'negative', 'spread']
const RUNS = 200
const EVALUATIONS = 200
/** Videos of a map and of the activations. */
const MAPPED = 20_000
const ACTIVATED = 15_000
/** Rows a commit. */
const PIECE = 2000

/** Numbers of what the operations ask for. */
export const bigIds = { run: 1, predictions: 1, map: 2, activation: 3 } as const

/** Writes a project of these sizes into a folder, unless it is there. One video has a file. */
export async function makeBigProject(folder: string, sizes: BigSizes): Promise<void> {
  const stamp = join(folder, 'bench.json')
  if (existsSync(stamp)) return
  const project = openProject(folder)
  try {
    const datasetId = await addVideos(project, sizes.videos)
    addRuns(project, datasetId)
    await addPoints(project, sizes.points)
    addEvaluations(project, datasetId, sizes)
    await writePredictions(project, sizes)
    await writeArtefacts(project, sizes.videos)
    await addMovingVideo(project, folder)
  } finally {
    project.close()
  }
  await writeFile(stamp, JSON.stringify(sizes))
}

async function addVideos({ store }: Project, count: number): Promise<number> {
  const datasetId = store.datasets.ensure({ name: 'big', format: 'folder', folder: '/big' })
  const rng = new Rng(1)
  for (let at = 0; at < count; at += PIECE) {
    const rows = Array.from({ length: Math.min(PIECE, count - at) }, (_, i) => {
      const label = CLASSES[(at + i) % CLASSES.length]
      const frames = 30 + rng.int(300)
      return {
        path: `${label}/v_${label}_${at + i}.mp4`,
        class: label,
        frames,
        modified: at + i,
        split: rng.uniform() < 0.7 ? ('train' as const) : ('test' as const),
        fps: 25,
        duration: frames / 25,
        size: 1000 * frames,
        width: 320,
        height: 240,
        codec: 'h264',
        error: null,
      }
    })
    store.videos.write(datasetId, rows)
    await breathe()
  }
  return datasetId
}

function addRuns({ store }: Project, datasetId: number): void {
  for (let i = 0; i < RUNS; i++) {
    const config = completeConfig({ seed: i })
    const run = { name: `run ${i}`, config, datasetId, totalSteps: 125_000 }
    const { id } = store.runs.add({ ...run, tags: [`group ${i % 10}`] })
    store.runs.change(id, { status: 'done', finishedAt: new Date(i).toISOString() })
  }
}

async function addPoints(project: Project, count: number): Promise<void> {
  const { store } = project
  const rng = new Rng(2)
  const folder = project.runFolder(bigIds.run)
  await mkdir(join(folder, 'checkpoints'), { recursive: true })
  await writeFile(join(folder, 'checkpoints', 'weights.safetensors'), Buffer.alloc(64 << 20))
  for (let step = 1; step <= count / METRICS.length; step++) {
    const points = METRICS.map((name) => ({ step, name, value: rng.normal() }))
    store.runMetrics.append(bigIds.run, points)
    if (step % 1000 === 0) await breathe()
  }
  store.runMetrics.flush()
}

function addEvaluations({ store }: Project, datasetId: number, sizes: BigSizes): void {
  const rng = new Rng(3)
  const protocols: Partial<Record<number, Protocol>> = { 2: 'map', 3: 'activation' }
  for (let i = 1; i <= EVALUATIONS; i++) {
    const protocol = protocols[i] ?? 'linear'
    const settings = defaultSettings(protocol)
    const run = { runId: bigIds.run, runName: 'run 0', datasetId, protocol, settings }
    const { id } = store.evaluations.add({ ...run, config: completeConfig({}) })
    store.evaluations.change(id, {
      status: 'done',
      finishedAt: new Date(i).toISOString(),
      detail: confusionOf(rng),
      result: {
        scores: { top1: rng.uniform(), top5: rng.uniform() },
        classes: CLASSES,
        trainVideos: sizes.videos,
        testVideos: sizes.predictions,
        seconds: 60,
      },
    })
  }
}

/** Some fifty answers of each class. */
function confusionOf(rng: Rng): MeasuredDetail {
  const confusion = CLASSES.flatMap((_, truth) =>
    Array.from({ length: 50 }, () => [truth, rng.int(CLASSES.length), 1 + rng.int(3)]).flat(),
  )
  return { confusion, perClass: CLASSES.map(() => ({ videos: 100, correct: rng.int(100) })) }
}

async function writePredictions(project: Project, sizes: BigSizes): Promise<void> {
  const rng = new Rng(4)
  const folder = project.evaluationFolder(bigIds.predictions)
  await mkdir(folder, { recursive: true })
  const file = createWriteStream(join(folder, 'predictions.jsonl'))
  for (let i = 0; i < sizes.predictions; i++) {
    const top = Array.from({ length: 5 }, (_, k) => [
      rng.int(CLASSES.length),
      rng.uniform() / (k + 1),
    ])
    const near = Array.from({ length: 10 }, () => [
      ...[1 + rng.int(sizes.videos), rng.int(CLASSES.length), rng.uniform()],
    ])
    const line = { video: 1 + (i % sizes.videos), truth: rng.int(CLASSES.length), top, near }
    if (!file.write(`${JSON.stringify(line)}\n`)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'finish')
}

async function writeArtefacts(project: Project, videos: number): Promise<void> {
  const rng = new Rng(5)
  const count = Math.min(MAPPED, videos)
  const numbers = (draw: () => number) => Array.from({ length: count }, draw)
  const map: MapArtefact = {
    kind: 'map',
    classes: CLASSES,
    neighbours: 15,
    minDistance: 0.1,
    total: count,
    points: {
      videoId: Array.from({ length: count }, (_, i) => i + 1),
      x: numbers(() => rng.normal()),
      y: numbers(() => rng.normal()),
      label: numbers(() => rng.int(CLASSES.length)),
      test: numbers(() => rng.int(2)),
    },
  }
  const activation: ActivationArtefact = {
    kind: 'activation',
    classes: CLASSES,
    mapShape: [2, 7, 7],
    masks: { true: 0, corrected: 0, approved: 0, fame: ACTIVATED },
    fame: { variant: 'fame', beta: 0.5 },
    inside: { mean: 0.5, deviation: 0.1 },
    area: { mean: 0.3 },
    videos: Array.from({ length: Math.min(ACTIVATED, videos) }, (_, i) => ({
      videoId: i + 1,
      path: `Class/v_${i}.mp4`,
      label: rng.int(CLASSES.length),
      mask: 'fame',
      inside: rng.uniform(),
      area: rng.uniform(),
      peakInside: rng.uniform() < 0.5,
    })),
  }
  await writeArtefact(project, bigIds.map, map)
  await writeArtefact(project, bigIds.activation, activation)
}

async function writeArtefact(
  project: Project,
  id: number,
  artefact: MapArtefact | ActivationArtefact,
): Promise<void> {
  const folder = project.evaluationFolder(id)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${artefact.kind}.json`), JSON.stringify(artefact))
}

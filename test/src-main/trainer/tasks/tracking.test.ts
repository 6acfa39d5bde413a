// @module-tag tensorflow
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import { trackingArtefact } from '#shared/tasks/tracking/artefact.ts'
import { regionSimilarity } from '#shared/tracking/region-similarity.ts'
import { evaluate } from '#main/trainer/evaluation/evaluate.ts'
import type { EvaluateJob, TrainerVideo } from '#main/trainer/process/messages.ts'
import { davisSize, labelsAt, writeDavisSet, type DavisSequence } from '../davis-set.ts'
import { listVideos, tinyConfig } from '../tiny-videos.ts'
import { Listener } from './listener.ts'

const red = { label: 1, top: 16, left: 16, side: 32, colour: [190, 60, 60] } as const
const blue = { label: 2, top: 56, left: 72, side: 24, colour: [60, 60, 190] } as const
const moving = [
  { ...red, speed: 4 },
  { ...blue, speed: -4 },
]
const sequences: DavisSequence[] = [
  { name: 'moving', frames: 9, squares: moving },
  { name: 'of-2016', frames: 8, squares: [{ ...red, speed: 0 }], binary: 255 },
  { name: 'sparse', frames: 30, squares: moving, every: 5 },
  { name: 'still', frames: 8, squares: [{ ...red, speed: 0 }] },
  { name: 'unlabelled', frames: 8, squares: moving, labelled: 1 },
  { name: 'void', frames: 8, squares: [] },
]
let root: string
let videos: TrainerVideo[]

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'fame-davis-'))
  await writeDavisSet(root, sequences)
  videos = sequences.map(({ name, frames }, i) => ({
    ...{ id: 10 + i, path: join(root, 'JPEGImages/480p', name), frames, label: -1 },
  }))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

function jobOf(settings: Record<string, unknown> = {}): EvaluateJob {
  const set = { folder: root, videos, remove: () => undefined }
  return {
    kind: 'evaluate',
    protocol: 'tracking',
    config: tinyConfig({ loaderThreads: 2 }),
    settings: completeSettings('tracking', { frameSize: 96, ...settings }),
    folder: null,
    outputs: join(root, 'outputs'),
    featureCache: join(root, 'features'),
    classes: [],
    train: listVideos(set, 'train', []),
    test: listVideos(set, 'test', videos),
  }
}

const artefact = () =>
  trackingArtefact.schema.parse(
    JSON.parse(readFileSync(join(root, 'outputs/tracking.json'), 'utf8')),
  )

it('scores the encoder and every tracker, and says which videos it leaves out and why', async () => {
  const port = new Listener()
  expect(await evaluate(jobOf(), port)).toEqual({ type: 'done' })
  const { result } = port.first('result')
  const warnings = port.messages.filter(({ type }) => type === 'warning')
  expect(JSON.stringify(warnings)).toMatch(/unlabelled is left out: only the first 1 of its 8/)
  expect(JSON.stringify(warnings)).toMatch(/sparse is left out: only the first 1 of its 30/)
  expect(JSON.stringify(warnings)).toMatch(/void is left out: its first frame has no object/)
  expect(warnings).toHaveLength(3)

  const { videos: rows, grid } = artefact()
  expect(grid).toEqual([12, 16])
  expect(rows.map(({ path }) => path)).toEqual(
    ['moving', 'of-2016', 'still'].map((name) => `JPEGImages/480p/${name}`),
  )
  const [row, of2016, still] = rows
  expect(of2016).toMatchObject({ objects: 1, tracks: { copy: still.tracks.copy } })
  expect(row).toMatchObject({ videoId: 10, frames: 9, objects: 2 })
  expect(row.tracks.encoder).toHaveLength(2)
  expect(row.tracks.fame).toHaveLength(1)
  // A copy of a square that moves by 4 pixels a frame overlaps its truth by what is left of it.
  const overlap = (side: number, shift: number) => (side - shift) / (side + shift)
  expect(row.tracks.copy![0].j).toHaveLength(7)
  row.tracks.copy![0].j.forEach((value, i) => {
    expect(value).toBeCloseTo(Math.max(0, overlap(32, 4 * (i + 1))), 9)
  })
  for (const { j, f } of still.tracks.copy!) expect([...j, ...f].every((v) => v === 1)).toBe(true)

  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const objects = rows.flatMap(({ tracks }) => tracks.encoder!)
  const [J, F] = [mean(objects.map(({ j }) => mean(j))), mean(objects.map(({ f }) => mean(f)))]
  expect(result.scores).toMatchObject({ J, F, 'J&F': (J + F) / 2 })
  expect(result.testVideos).toBe(3)
  // Untrained features still tell a red square from a grey ground.
  expect(mean(still.tracks.encoder![0].j)).toBeGreaterThan(0.6)
})

it('writes the labels that it has scored as pictures', async () => {
  const [{ pictures, tracks }] = artefact().videos
  const { frames, height, width } = pictures!
  expect([frames, height, width]).toEqual([9, davisSize.height, davisSize.width])
  const labels = async (name: string, t: number) => {
    const picture = sharp(join(root, 'outputs', name))
    const area = { left: t * width, top: 0, width, height }
    return new Uint8Array(await picture.extract(area).toColourspace('b-w').raw().toBuffer())
  }
  for (const t of [0, 5, 8]) {
    expect(Buffer.compare(await labels(pictures!.truth, t), labelsAt(moving, t))).toBe(0)
  }
  const found = await labels(pictures!.tracks.encoder!, 5)
  const only = (of: Uint8Array) => of.map((label) => Number(label === 1))
  const j = regionSimilarity(only(labelsAt(moving, 5)), only(found))
  expect(tracks.encoder![0].j[4]).toBeCloseTo(j, 9)
})

it.each([
  ['crw', 'still'],
  ['dino', 'moving'],
])('gives the same scores again: %s, %s clips', async (propagation, frameClip) => {
  const settings = { propagation, frameClip, videos: 1, trackedFrames: 5 }
  const scores = async () => {
    const port = new Listener()
    await evaluate(jobOf(settings), port)
    expect(artefact().videos.map(({ frames }) => frames)).toEqual([5])
    return port.first('result').result.scores
  }
  expect(await scores()).toEqual(await scores())
})

it('stops when asked to', async () => {
  const port = new Listener(({ type }) => type === 'progress')
  expect(await evaluate(jobOf(), port)).toMatchObject({ type: 'stopped' })
})

it('is refused where no video has true objects', async () => {
  const job = jobOf()
  const port = new Listener()
  rmSync(join(root, 'Annotations'), { recursive: true })
  await expect(evaluate(job, port)).rejects.toThrow(/No test video has true objects/)
})

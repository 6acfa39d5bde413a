// @module-tag tensorflow
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, expect, it, vi } from 'vitest'
import type { MaskUse } from '#shared/contract/runs.ts'
import { storedConfig } from '#shared/config/old-settings.ts'
import { ZipReader } from '#main/base/files/zip-reader.ts'
import { loadNewestCheckpoint } from '#main/trainer/checkpoint/checkpoints.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { collect } from './runs/training-project.ts'
import { temporaryFolders } from './store/temporary-folder.ts'

/**
 * A project that version 0.1 wrote before methods, encoders, views and tasks were concepts: eight
 * videos, two corrected masks, a run stopped at step 2 of 12, a linear probe of it.
 */
const fixture = new URL('../fixtures/project-0.1/', import.meta.url)
/** How that version went on with the run, on TensorFlow's own ops. */
const expected = JSON.parse(readFileSync(new URL('expected.json', fixture), 'utf8')) as {
  losses: [step: number, loss: number][]
  step: number
  maskUse: MaskUse
}
const temporaryFolder = temporaryFolders()

beforeEach(() => void vi.stubEnv('FAME_KERNELS', 'off'))

async function unpack(folder: string): Promise<void> {
  const bytes = readFileSync(new URL('project.zip', fixture))
  const read = (position: number, length: number) =>
    Promise.resolve(bytes.subarray(position, position + length))
  const zip = await ZipReader.open({ size: bytes.length, read }, 100_000)
  for (const [name, entry] of zip.entries) {
    const file = join(folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, await zip.read(entry, { checkSum: true }))
  }
}

/** The project, its videos found again where they have been unpacked. */
async function openOldProject(): Promise<{ workbench: Workbench; folder: string }> {
  const folder = temporaryFolder()
  await unpack(folder)
  const project = join(folder, 'project')
  const workbench = await openWorkbench({ project, host: 'cli', existing: true })
  const moved = await workbench.relocateDataset(1, join(folder, 'videos'))
  expect(moved).toEqual({ found: 8, missing: 0 })
  return { workbench, folder }
}

/** The losses by step that a run has stored. */
function lossesOf(workbench: Workbench): [number, number][] {
  const { points } = workbench.project.store.runMetrics.after(1, -1)
  return points.filter(({ name }) => name === 'loss').map(({ step, value }) => [step, value])
}

it('is listed with its settings under their present names, its results and its curve', async () => {
  const { workbench } = await openOldProject()
  const { runs, evaluations } = workbench.project.store
  expect(runs.list().map(({ name, status, step }) => [name, status, step])).toEqual([
    ['first', 'stopped', 2],
  ])
  const { config } = runs.get(1)
  expect(config).toMatchObject({
    method: 'moco',
    merge: 'query',
    beta: 0.3,
    interval: 'independent',
  })
  expect(config).toEqual(storedConfig({ ...config }))
  expect(lossesOf(workbench)).toEqual(expected.losses.slice(0, 2))
  const [probe] = evaluations.list()
  expect(probe).toMatchObject({ runId: 1, protocol: 'linear', status: 'done' })
  expect(probe.result?.scores).toEqual({ top1: 0.5, top5: 1, clipTop1: 0.75 })
  await workbench.close()
})

it('is resumed as the version that wrote it goes on, and evaluated', async () => {
  const { workbench } = await openOldProject()
  const { runs, evaluations, project } = workbench
  runs.resume(1)
  await collect(runs.watch(1))
  expect(project.store.runs.get(1)).toMatchObject({
    ...{ status: 'done', step: expected.step, error: null },
    ...{ maskUse: expected.maskUse },
  })
  const losses = lossesOf(workbench)
  expect(losses.map(([step]) => step)).toEqual(expected.losses.map(([step]) => step))
  // To the bit on the processor that the figures come from; others sum in another order.
  losses.forEach(([, loss], i) => expect(loss).toBeCloseTo(expected.losses[i][1], 3))
  const newest = loadNewestCheckpoint(project.runFolder(1))
  expect(newest?.step).toBe(expected.step)

  const settings = { clips: 1 }
  const { id } = evaluations.start({ runId: 1, protocol: 'knn', settings })
  await collect(evaluations.watch(id))
  const { status, error, result } = project.store.evaluations.get(id)
  expect({ status, error }).toEqual({ status: 'done', error: null })
  expect(result).toMatchObject({ trainVideos: 6, testVideos: 2 })
  await workbench.close()
})

it('gives its corrected masks to a file', async () => {
  const { workbench, folder } = await openOldProject()
  const out = join(folder, 'masks.json')
  const events = await collect(workbench.masks.export({ format: 'coco', out }))
  expect(events.at(-1)).toMatchObject({ type: 'done', windows: 2, leftOut: 0 })
  const file = JSON.parse(readFileSync(out, 'utf8')) as {
    images: { id: number; file_name: string }[]
    annotations: { image_id: number; bbox: number[]; area: number }[]
  }
  const boxes = file.annotations.map(({ image_id: image, bbox, area }) => [
    file.images.find(({ id }) => id === image)?.file_name,
    ...[bbox, area],
  ])
  expect(boxes.toSorted()).toEqual([
    ['train/Down/v_3.avi#2-4x2', [17, 6, 15, 15], 225],
    ['train/Right/v_0.avi#6-4x2', [12, 10, 16, 16], 256],
  ])
  await workbench.close()
})

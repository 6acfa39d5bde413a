// @module-tag tensorflow
import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { JobEvent } from '#shared/contract/videos.ts'
import { CLIPS } from '#main/demo/design.ts'
import { runDemo, type DemoEvent } from '#main/demo/demo.ts'
import { renderReport, resultRows } from '#main/demo/report.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { video } from '../runs/sample-rows.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { writeTinySet } from '../trainer/tiny-videos.ts'

const temporaryFolder = temporaryFolders()
const set = await writeTinySet(8)
afterAll(() => set.remove())

/** A real workbench whose sample set is eight videos of two classes, four of them for training. */
async function tinyWorkbench(): Promise<Workbench> {
  const project = join(temporaryFolder(), 'project')
  mkdirSync(project)
  const workbench = await openWorkbench({ project, host: 'cli' })
  const makeSample = async function* (): AsyncGenerator<JobEvent> {
    const { datasets, videos } = workbench.project.store
    const id = datasets.ensure({ name: 'tiny', format: 'folder', folder: set.folder })
    const rows = set.videos.map(({ frames, path }, i) => ({
      ...video(i, i < 4 ? 'train' : 'test'),
      path: basename(path),
      frames,
      width: 48,
      height: 36,
    }))
    videos.write(id, rows)
    const counts = { total: rows.length, errors: 0, seconds: 1, format: null, warnings: {} }
    yield { type: 'done', ...counts, datasetId: id }
  }
  return { ...workbench, makeSample }
}

it('foretells its time, trains both runs alike and evaluates them beside an untrained encoder', async () => {
  const workbench = await tinyWorkbench()
  const design = { frames: 4, size: 24, batch: 2, queue: 4, epochs: 3, knnEvery: 0 }
  const events: DemoEvent[] = []
  const result = await runDemo(workbench, {
    seed: 7,
    epochs: 2,
    design,
    report: (event) => void events.push(event),
  })

  const told = events.filter((event) => event.type === 'forecast' || event.type === 'stage')
  expect(told.map((event) => (event.type === 'stage' ? event.title : event.type))).toEqual([
    'Sample set: write and index',
    'Time a few steps on this machine',
    'forecast',
    'Pretrain: MoCo + FAME',
    'Pretrain: MoCo',
    'Evaluate: Random initialisation',
    'Evaluate: MoCo',
    'Evaluate: MoCo + FAME',
  ])
  const forecast = events.find((event) => event.type === 'forecast')?.forecast
  expect(forecast?.steps).toBe(4)
  expect(forecast?.seconds).toBeGreaterThan(2 * 4 * forecast!.secondsPerStep)

  const { runs, evaluations } = workbench.project.store
  const configs = runs.list().map(({ config }) => config)
  expect(configs.map(({ merge }) => merge).toSorted()).toEqual(['none', 'query'])
  for (const config of configs) expect(config).toMatchObject({ ...design, epochs: 2, seed: 7 })
  expect(result.encoders.map(({ loss }) => loss.length)).toEqual([0, 4, 4])
  // The untrained encoder sees clips of the same shape, and as many.
  for (const { id, settings } of evaluations.list()) {
    expect(evaluations.config(id)).toMatchObject({ frames: 4, size: 24, seed: 7 })
    expect(settings.clips).toBe(CLIPS)
  }
  expect(resultRows(result).rows.map(([name]) => name)).toEqual([
    'Random initialisation',
    'MoCo',
    'MoCo + FAME',
  ])
  expect(renderReport(result, [])).toContain('seed 7')
  await workbench.close()
})

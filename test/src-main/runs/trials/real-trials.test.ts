// @module-tag tensorflow
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inspect } from '#main/doctor/doctor.ts'
import { Reproductions } from '#main/runs/provenance/reproductions.ts'
import { TrainerQueues } from '#main/runs/queue/trainer-queues.ts'
import { openProject, type Project } from '#main/store/project.ts'
import { checkpointBytes } from '#main/trainer/checkpoint/checkpoint-size.ts'
import { checkpointFolder } from '#main/trainer/checkpoint/checkpoints.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { tinyConfig, writeTinySet, type TinySet } from '../../trainer/tiny-videos.ts'
import { video } from '../sample-rows.ts'
import { collect } from '../training-project.ts'

const temporaryFolder = temporaryFolders()
let set: TinySet
let project: Project
let queues: TrainerQueues

beforeAll(async () => {
  set = await writeTinySet(8)
  project = openProject(join(temporaryFolder(), 'project'))
  const { datasets, videos } = project.store
  const datasetId = datasets.ensure({ name: 'tiny', format: 'folder', folder: set.folder })
  const rows = set.videos.map(({ frames }, i) => ({
    ...video(i, 'train'),
    path: `v_${i}.avi`,
    width: 48,
    height: 36,
    frames,
  }))
  videos.write(datasetId, rows)
  queues = new TrainerQueues(project)
})
afterAll(async () => {
  await queues.close()
  project.close()
  set.remove()
})

it('a dry run in the real trainer goes through, and leaves no run', async () => {
  const events = await collect(queues.dryRuns.run({ values: tinyConfig({ epochs: 2 }) }))
  expect(
    events.filter((event) => event.type === 'check' && event.result.state === 'failed'),
  ).toEqual([])
  expect(events.at(-1)).toEqual({ type: 'done', ok: true })
  expect(project.store.runs.list()).toEqual([])
})

it('an estimate of the real trainer has the time of a step and the memory', async () => {
  const events = await collect(queues.estimator.estimate({ values: tinyConfig({ epochs: 2 }) }))
  const [estimate] = events.flatMap((event) => (event.type === 'estimate' ? event.estimate : []))
  expect(estimate.secondsPerStep).toBeGreaterThan(0)
  expect(estimate.timing).toMatchObject({ timed: tinyConfig().batch, kept: 1 })
  expect(estimate.timing.memory).toBeGreaterThan(50e6)
  expect(estimate.seconds).toBeGreaterThan(0)
})

it('a run that is made again has the same losses, bit for bit', async () => {
  const first = queues.runs.start({ values: tinyConfig({ epochs: 2, seed: 3 }) })
  await collect(queues.runs.watch(first.id))
  expect(project.store.runs.get(first.id)).toMatchObject({ status: 'done', error: null })
  const doctor = (): ReturnType<typeof inspect> => inspect({ project: project.folder })
  const reproductions = new Reproductions(project, queues.runs, doctor)
  const { differences } = await reproductions.plan(first.id)
  expect(differences.map(({ what }) => what).filter((what) => what !== 'changes')).toEqual([])

  const again = await reproductions.start(first.id)
  await collect(queues.runs.watch(again.id))
  const losses = (id: number): [number, number][] =>
    project.store.runMetrics
      .after(id, 0)
      .points.filter(({ name }) => name === 'loss')
      .map(({ step, value }) => [step, value])
  expect(losses(first.id)).toHaveLength(first.totalSteps)
  expect(losses(again.id)).toEqual(losses(first.id))
  const file = join(checkpointFolder(project.runFolder(again.id)), 'manifest.json')
  const [{ bytes }] = JSON.parse(readFileSync(file, 'utf8')) as { bytes: number }[]
  // The file has a header beside the numbers.
  const header = bytes - checkpointBytes(again.config, 0)
  expect(header).toBeGreaterThan(0)
  expect(header).toBeLessThan(bytes / 10)
})

import { appendFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { MetricPoint } from '#shared/contract/runs.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { CurveCache } from '#main/runs/curves/curve-cache.ts'
import { takeAllMissedSteps, takeMissedSteps } from '#main/runs/curves/missed-steps.ts'
import type { Project } from '#main/store/project.ts'
import { saveCheckpoint } from '#main/trainer/checkpoint/checkpoints.ts'
import { JOURNAL, MetricJournal } from '#main/trainer/telemetry/metric-journal.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { trainingProject } from '../training-project.ts'

const temporaryFolder = temporaryFolders()
const point = (step: number, name = 'loss', value = 1 / 3 / step): MetricPoint => ({
  step,
  name,
  value,
})
const steps = (from: number, to: number): MetricPoint[] =>
  Array.from({ length: to - from + 1 }, (_, i) => [
    point(from + i),
    point(from + i, 'lr', 0.1),
  ]).flat()

/** A run whose trainer measured `measured` steps and saved itself at step `saved`. */
function killedRun({ measured = 12, saved = 9 } = {}): { project: Project; id: number } {
  const project = trainingProject(temporaryFolder())
  const config = completeConfig({})
  const run = project.store.runs.add({ name: 'r', config, datasetId: 1, totalSteps: 20 })
  const folder = project.runFolder(run.id)
  const journal = new MetricJournal(folder, 1)
  journal.append(steps(1, measured))
  journal.close()
  const content = { tensors: new Map(), metadata: {} }
  if (saved > 0) saveCheckpoint(folder, saved, content)
  return { project, id: run.id }
}

const stored = ({ store }: Project, id: number): MetricPoint[] =>
  store.runMetrics.after(id, 0).points
const take = (project: Project, id: number): Promise<number> =>
  takeMissedSteps(project.store.runMetrics, id, project.runFolder(id))

it('takes the steps in that no host has stored, once, up to the checkpoint', async () => {
  const { project, id } = killedRun()
  project.store.runMetrics.append(id, steps(1, 4))
  expect(await take(project, id)).toBe(10)
  expect(stored(project, id)).toEqual(steps(1, 9))
  expect(project.store.runs.get(id).step).toBe(9)
  expect(await take(project, id)).toBe(0)
  expect(stored(project, id)).toEqual(steps(1, 9))
  project.close()
})

it('takes nothing where no checkpoint keeps what was measured', async () => {
  const { project, id } = killedRun({ saved: 0 })
  expect(await take(project, id)).toBe(0)
  expect(stored(project, id)).toEqual([])
  project.close()
})

it('leaves stored values as they are, and passes over damaged lines', async () => {
  const { project, id } = killedRun()
  project.store.runMetrics.append(id, [point(2, 'loss', 42)])
  appendFileSync(`${project.runFolder(id)}/${JOURNAL}`, 'null\n{"step":"1"}\ngarbage\n{"step":3')
  await take(project, id)
  expect(stored(project, id).filter(({ step }) => step === 2)).toEqual([
    point(2, 'lr', 0.1),
    point(2, 'loss', 42),
  ])
  project.close()
})

it('a curve that is looked at gets the missing steps without losing later ones', async () => {
  const { project, id } = killedRun({ measured: 9 })
  const { runMetrics } = project.store
  const cache = new CurveCache(runMetrics)
  runMetrics.append(id, [...steps(1, 3), ...steps(8, 15)])
  await cache.read(id)
  expect(await take(project, id)).toBe(8)
  const curves = await cache.read(id)
  const all = Array.from({ length: 15 }, (_, i) => i + 1)
  expect(Array.from(curves.get('loss')!.series.x)).toEqual(all)
  expect(Array.from((await new CurveCache(runMetrics).read(id)).get('lr')!.series.x)).toEqual(all)
  project.close()
})

it('is done for what was under way when the project opens', async () => {
  const { project, id } = killedRun()
  project.store.runs.change(id, { status: 'running' })
  await takeAllMissedSteps(project)
  expect(stored(project, id)).toEqual(steps(1, 9))
  project.close()
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { questionBeforeLeaving } from '#main/hosts/leaving.ts'
import { TrainingSetup } from '#main/training-setup/training-setup.ts'
import { openWorkbench, type Workbench } from '#main/workbench.ts'
import { fakeTrainer, letTrainers, trainingProject, until } from '../runs/training-project.ts'

let root: string
let workbench: Workbench
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'fame-leaving-'))
  trainingProject(root).close()
  const project = join(root, 'project')
  workbench = await openWorkbench({ project, host: 'electron', trainerEntry: fakeTrainer })
})
afterEach(async () => {
  await workbench.close()
  vi.unstubAllEnvs()
  rmSync(root, { recursive: true, force: true })
})

const values = { batch: 2, queue: 4 }

it('asks nothing while nothing is under way, not even for runs that are held', () => {
  expect(questionBeforeLeaving(workbench)).toBeNull()
  const { id } = workbench.project.store.runs.add({
    name: 'held',
    config: workbench.runs.start({ values }).config,
    datasetId: 1,
    totalSteps: 1,
  })
  workbench.project.store.runs.change(id, { status: 'paused' })
  expect(questionBeforeLeaving(workbench)).toBeNull()
})

it('asks over a run, until it has stopped', async () => {
  letTrainers({ steps: 100_000, saving: 300 })
  const { id } = workbench.runs.start({ name: 'night', values })
  await until(workbench.runs.watch(id), ({ type }) => type === 'metrics')
  expect(questionBeforeLeaving(workbench)).toMatchObject({
    message: 'A run is training.',
    detail: expect.stringMatching(/^night is at step \d+ of \d+\./) as string,
  })
  workbench.runs.stop(id)
  expect(questionBeforeLeaving(workbench)?.message).toBe('A run is training.')
  for await (const event of workbench.runs.watch(id)) expect(event).toBeDefined()
  expect(questionBeforeLeaving(workbench)).toBeNull()
})

it('asks over an evaluation', async () => {
  letTrainers({})
  const { id } = workbench.evaluations.start({ runId: null, protocol: 'retrieval' })
  const { evaluations } = workbench.project.store
  evaluations.change(id, { status: 'running' })
  expect(questionBeforeLeaving(workbench)).toMatchObject({
    message: 'An evaluation is running.',
    detail: expect.stringContaining('starts over when') as string,
  })
  evaluations.change(id, { status: 'stopped' })
  expect(questionBeforeLeaving(workbench)).toBeNull()
})

it('asks over a set-up of training', async () => {
  const { promise: ended, resolve } = Promise.withResolvers<string>()
  const run = () => ({ ended, cancel: () => resolve('') })
  const trainingSetup = new TrainingSetup({ folder: join(root, 'training'), run })
  void trainingSetup.start()
  expect(questionBeforeLeaving({ ...workbench, trainingSetup })?.message).toBe(
    'Training is being set up.',
  )
  await trainingSetup.close()
  expect(questionBeforeLeaving({ ...workbench, trainingSetup })).toBeNull()
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { RunEvent } from '#shared/contract/runs.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { video } from './sample-rows.ts'
import {
  collect,
  letTrainers,
  openQueues,
  stepsOf,
  trainingProject,
  until,
} from './training-project.ts'

const temporaryFolder = temporaryFolders()
afterEach(() => vi.unstubAllEnvs())

const values = { batch: 2, queue: 4, epochs: 3 }
const atStep = (step: number) => (event: RunEvent) =>
  event.type === 'metrics' && event.points.some((point) => point.step >= step)

describe('resuming', () => {
  it('goes on with a stopped run from its checkpoint, its progress that of the new attempt', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ steps: 100_000 })
    const { id } = runs.start({ values })
    await until(runs.watch(id), atStep(3))
    runs.stop(id)
    await collect(runs.watch(id))
    const { step, startedAt } = project.store.runs.get(id)
    letTrainers({ steps: step + 10 })
    expect(runs.resume(id)).toMatchObject({ status: 'queued', finishedAt: null })
    const events = await collect(runs.watch(id))
    expect(events).toContainEqual({ type: 'warning', message: `resumed after step ${step}` })
    expect(events.at(-1)).toMatchObject({ run: { status: 'done', step: step + 10, startedAt } })
    expect(new Set(stepsOf(events)).size).toBe(step + 10)
    project.close()
  })

  it('goes on with a failed run and forgets its error', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ at: 2, then: 'crash' })
    const { id } = runs.start({ values })
    await collect(runs.watch(id))
    letTrainers({ steps: 5 })
    expect(runs.resume(id)).toMatchObject({ status: 'queued', error: null })
    await collect(runs.watch(id))
    expect(project.store.runs.get(id)).toMatchObject({ status: 'done', error: null })
    project.close()
  })

  it('takes the videos that it started with, however the index has changed', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ steps: 100_000 })
    const { id } = runs.start({ values })
    await until(runs.watch(id), atStep(3))
    runs.stop(id)
    await collect(runs.watch(id))
    const list = join(project.runFolder(id), 'videos.jsonl')
    const before = readFileSync(list, 'utf8')
    expect(before.split('\n')[1]).toBe('{"path":"Bounce/v_Bounce_2.avi","frames":64,"label":0}')
    project.store.videos.write(1, [
      { ...video(0, 'train'), error: 'Truncated' },
      ...[20, 21, 22, 23].map((i) => video(i, 'train')),
    ])
    letTrainers({ steps: 6 })
    runs.resume(id)
    await collect(runs.watch(id))
    expect(readFileSync(list, 'utf8')).toBe(before)
    expect(project.store.runs.get(id)).toMatchObject({ status: 'done', totalSteps: 6 })
    project.close()
  })

  it('gives a run its turn that an earlier host has left waiting', async () => {
    const project = trainingProject(temporaryFolder())
    const before = openQueues(project)
    const { id } = before.runs.start({ values })
    await before.close()
    letTrainers({ steps: 2 })
    const { runs } = openQueues(project)
    runs.resume(id)
    await collect(runs.watch(id))
    expect(project.store.runs.get(id).status).toBe('done')
    project.close()
  })

  it('is refused for a run that is done, under way, stopping or unknown', async () => {
    const project = trainingProject(temporaryFolder())
    const queues = openQueues(project)
    const { runs } = queues
    letTrainers({ steps: 1 })
    const done = runs.start({ values }).id
    await collect(runs.watch(done))
    expect(() => runs.resume(done)).toThrow(/is done.*Start a new run/)
    letTrainers({ steps: 100_000, saving: 200 })
    const { id } = runs.start({ values })
    await until(runs.watch(id), atStep(1))
    expect(() => runs.resume(id)).toThrow('is already running')
    runs.stop(id)
    expect(() => runs.resume(id)).toThrow('still stopping')
    await collect(runs.watch(id))
    expect(() => runs.resume(9)).toThrow('There is no run 9')
    await queues.close()
    project.close()
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openProject } from '#main/store/project.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import {
  collect,
  fakeTrainer,
  letTrainers,
  openQueues,
  stepsOf,
  trainingProject,
  until,
} from './training-project.ts'

const temporaryFolder = temporaryFolders()
afterEach(() => vi.unstubAllEnvs())

const values = { batch: 2, queue: 4, epochs: 3 }
const fakeHost = fileURLToPath(new URL('fake-host.ts', import.meta.url))

/** Runs a host on the project until its run has reached a step, then kills it. */
async function killHostAt(folder: string, step: number): Promise<void> {
  const child = spawn(process.execPath, [fakeHost, folder, fakeTrainer], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    if (Number(line) >= step) break
  }
  child.kill('SIGKILL')
  await once(child, 'exit')
}

describe('after the host was killed', () => {
  it('a run goes on from the checkpoint that its trainer still writes, and what waited has its turn', async () => {
    const prepared = trainingProject(temporaryFolder())
    const { folder } = prepared
    prepared.close()
    letTrainers({ steps: 150, pause: 5, saving: 5000 })
    await killHostAt(folder, 10)

    const project = openProject(folder)
    expect(project.store.runs.list().map((run) => run.status)).toEqual(['running', 'queued'])
    const checkpoint = join(project.runFolder(1), 'checkpoint.txt')
    expect(existsSync(checkpoint)).toBe(false)
    const queues = openQueues(project)
    expect(project.store.runs.get(1).status).toBe('queued')
    queues.resumeAll()
    const events = await collect(queues.runs.watch(1))
    const saved = Number(readFileSync(checkpoint, 'utf8'))
    expect(saved).toBeGreaterThanOrEqual(10)
    expect(events).toContainEqual({ type: 'warning', message: `resumed after step ${saved}` })
    expect(events.at(-1)).toMatchObject({ run: { status: 'done', step: 150, error: null } })
    const steps = new Set(stepsOf(events))
    for (let step = saved + 1; step <= 150; step++) expect(steps).toContain(step)

    await collect(queues.runs.watch(2))
    expect(project.store.runs.get(2)).toMatchObject({ name: 'waiting', status: 'done', step: 150 })
    project.close()
  })

  it('a run that was to stop is stopped', async () => {
    const project = trainingProject(temporaryFolder())
    const before = openQueues(project)
    const { id } = before.runs.start({ values })
    project.store.runs.change(id, { status: 'stopping' })
    await before.close()
    openQueues(project).resumeAll()
    expect(project.store.runs.get(id)).toMatchObject({
      status: 'stopped',
      finishedAt: expect.any(String),
    })
    project.close()
  })

  it('a run that was to pause is paused, and stops when it is told to the next time', async () => {
    const project = trainingProject(temporaryFolder())
    const { store } = project
    const before = openQueues(project)
    letTrainers({ steps: 100_000 })
    const { id } = before.runs.start({ values })
    await until(before.runs.watch(id), (event) => event.type === 'metrics')
    const { place } = store.runs.get(id)
    before.runs.pause(id)
    await collect(before.runs.watch(id))
    await before.close()
    // What a host leaves that is killed before the checkpoint is written.
    store.runs.change(id, { status: 'stopping', finishedAt: null })

    const after = openQueues(project)
    expect(store.runs.get(id)).toMatchObject({ status: 'paused', place })
    after.runs.resume(id)
    await until(after.runs.watch(id), (event) => event.type === 'metrics')
    after.runs.stop(id)
    await collect(after.runs.watch(id))
    expect(store.runs.get(id)).toMatchObject({ status: 'stopped', place })
    store.runs.change(id, { status: 'stopping' })
    openQueues(project)
    expect(store.runs.get(id).status).toBe('stopped')
    await after.close()
    project.close()
  })
})

describe('when the host closes', () => {
  it('the run under way saves itself and goes on at the next start', async () => {
    const project = trainingProject(temporaryFolder())
    const before = openQueues(project)
    letTrainers({ steps: 100, pause: 5 })
    const { id } = before.runs.start({ values })
    await until(
      before.runs.watch(id),
      (event) => event.type === 'metrics' && event.points.some((point) => point.step >= 5),
    )
    await before.close()
    const { status, startedAt } = project.store.runs.get(id)
    expect(status).toBe('queued')
    const saved = Number(readFileSync(join(project.runFolder(id), 'checkpoint.txt'), 'utf8'))

    const after = openQueues(project)
    after.resumeAll()
    const events = await collect(after.runs.watch(id))
    expect(events).toContainEqual({ type: 'warning', message: `resumed after step ${saved}` })
    expect(project.store.runs.get(id)).toMatchObject({ status: 'done', step: 100, startedAt })
    expect(stepsOf(events)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
    project.close()
  })

  it('a run that waits keeps waiting', async () => {
    const project = trainingProject(temporaryFolder())
    const before = openQueues(project)
    const { id } = before.runs.start({ values })
    await before.close()
    expect(project.store.runs.get(id)).toMatchObject({ status: 'queued', startedAt: null })
    project.close()
  })
})

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { kineticsScaling, unitScaling } from '#shared/encoders/scaling.ts'
import type { Doctor } from '#shared/contract/doctor.ts'
import type { Run } from '#shared/contract/runs.ts'
import { RunNotebook } from '#main/runs/run-notes.ts'
import { Reproductions } from '#main/runs/provenance/reproductions.ts'
import type { TrainerQueues } from '#main/runs/queue/trainer-queues.ts'
import type { Project } from '#main/store/project.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { video } from '../sample-rows.ts'
import { collect, letTrainers, openQueues, trainingProject, until } from '../training-project.ts'

const temporaryFolder = temporaryFolders()
afterEach(() => vi.unstubAllEnvs())

const values = { batch: 2, queue: 4, epochs: 3, seed: 5 }
const cpuModel = cpus()[0].model.trim()

function doctor(device: 'CPU' | 'GPU' = 'CPU'): () => Promise<Doctor> {
  const tensorflow = { available: true, device, deviceName: device === 'GPU' ? 'H200' : cpuModel }
  return () => Promise.resolve({ tensorflow } as Doctor)
}

/** A run that is done, on files that are there and a device that is this machine's. */
async function oneRun(project: Project, queues: TrainerQueues): Promise<Run> {
  const dataset = project.store.datasets.list()[0]
  for (const { path } of project.store.videos.query({ limit: 100 }).items) {
    mkdirSync(dirname(join(dataset.folder, path)), { recursive: true })
    writeFileSync(join(dataset.folder, path), '')
  }
  letTrainers({ steps: 6 })
  const { id } = queues.runs.start({ name: 'first', values })
  await collect(queues.runs.watch(id))
  return project.store.runs.change(id, { device: `${cpuModel}, float32`, tags: ['seed 5'] })
}

const whats = (differences: readonly { what: string }[]) =>
  // This checkout may have changes that are not committed.
  differences.map(({ what }) => what).filter((what) => what !== 'changes')

describe('a run that is made again', () => {
  it('has settings, seed and the very list of videos, and says that nothing differs', async () => {
    const project = trainingProject(temporaryFolder())
    const queues = openQueues(project)
    const first = await oneRun(project, queues)
    const reproductions = new Reproductions(project, queues.runs, doctor())
    const plan = await reproductions.plan(first.id)
    expect([whats(plan.differences), plan.hasList]).toEqual([[], true])

    const again = await reproductions.start(first.id)
    expect(again).toMatchObject({ name: 'first, again', status: 'queued', tags: ['seed 5'] })
    expect(again.config).toEqual(first.config)
    expect(again.madeWith?.videos).toBe(first.madeWith?.videos)
    await collect(queues.runs.watch(again.id))
    expect(project.store.runs.get(again.id)).toMatchObject({ status: 'done', totalSteps: 6 })
    project.close()
  })

  it('takes its own list when the index has changed, and says so', async () => {
    const project = trainingProject(temporaryFolder())
    const queues = openQueues(project)
    const first = await oneRun(project, queues)
    project.store.videos.write(first.datasetId, [video(40, 'train')])
    const reproductions = new Reproductions(project, queues.runs, doctor())
    const { differences } = await reproductions.plan(first.id)
    expect(whats(differences)).toEqual(['index'])
    expect(differences.at(-1)).toMatchObject({
      is: expect.stringContaining('5 videos'),
      meaning: expect.stringContaining('uses the old list of videos'),
    })
    const again = await reproductions.start(first.id)
    const list = (id: number) => readFileSync(join(project.runFolder(id), 'videos.jsonl'), 'utf8')
    expect(list(again.id)).toBe(list(first.id))
    expect(again.notes).toContain(`Reproduces run ${first.id}, with these differences:`)
    await collect(queues.runs.watch(again.id))
    project.close()
  })

  it('names whatever else is not as it was', async () => {
    const project = trainingProject(temporaryFolder())
    const queues = openQueues(project)
    const first = await oneRun(project, queues)
    const { madeWith } = first
    // Runs that do not say how their clips were scaled had Kinetics' statistics.
    expect(madeWith?.scaling).toEqual(kineticsScaling)
    project.store.runs.change(first.id, { madeWith: { ...madeWith!, scaling: undefined } })
    const onCpu = new Reproductions(project, queues.runs, doctor())
    expect(whats((await onCpu.plan(first.id)).differences)).toEqual([])
    project.store.runs.change(first.id, { madeWith: { ...madeWith!, scaling: unitScaling } })
    const scaled = await onCpu.plan(first.id)
    expect(whats(scaled.differences)).toEqual(['scaling'])
    expect(scaled.differences.at(-1)?.was).toBe('mean 0, 0, 0; deviation 1, 1, 1')

    const other = { ...madeWith!, commit: 'a'.repeat(40), node: '24.0.0', cpu: 'Another' }
    project.store.runs.change(first.id, { madeWith: other })
    const folder = project.store.datasets.list()[0].folder
    rmSync(join(folder, video(0, 'train').path))
    const onGpu = new Reproductions(project, queues.runs, doctor('GPU'))
    const { differences } = await onGpu.plan(first.id)
    expect(whats(differences)).toEqual(['code', 'node', 'processor', 'device', 'files'])
    expect(differences[0]).toMatchObject({ was: expect.stringContaining('commit aaaaaaaaaaaa') })
    expect(differences.at(-1)).toMatchObject({ was: '4 videos', is: '1 are missing' })

    const list = join(project.runFolder(first.id), 'videos.jsonl')
    writeFileSync(list, readFileSync(list, 'utf8').split('\n').slice(1).join('\n'))
    expect(whats((await onGpu.plan(first.id)).differences)).toContain('list')
    rmSync(list)
    const gone = await onGpu.plan(first.id)
    expect([gone.hasList, whats(gone.differences)]).toEqual([
      false,
      ['code', 'node', 'processor', 'device'],
    ])
    project.store.runs.change(first.id, { madeWith: null })
    expect(whats((await onGpu.plan(first.id)).differences)).toEqual(['record'])
    project.close()
  })

  it('is refused for weights that were not trained here', async () => {
    const project = trainingProject(temporaryFolder())
    const queues = openQueues(project)
    const { config, datasetId } = queues.runs.start({ values })
    const run = project.store.runs.add({ name: 'theirs', config, datasetId, totalSteps: 0 })
    const reproductions = new Reproductions(project, queues.runs, doctor())
    await expect(reproductions.start(run.id)).rejects.toThrow('there is no training to repeat')
    await queues.close()
    project.close()
  })
})

describe('a run that is given up', () => {
  it('is stopped with its checkpoint and lies in the trash, from where it comes back', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ steps: 100_000 })
    const { id } = runs.start({ values })
    await until(runs.watch(id), ({ type }) => type === 'metrics')
    expect(runs.discard(id)).toMatchObject({ status: 'stopping' })
    await collect(runs.watch(id))
    const stopped = project.store.runs.get(id)
    expect(stopped).toMatchObject({ status: 'stopped', trashedAt: expect.any(String) })
    expect(Number(readFileSync(join(project.runFolder(id), 'checkpoint.txt')))).toBeGreaterThan(0)
    const [back] = new RunNotebook(project).trash([id], false)
    expect(back).toMatchObject({ id, trashedAt: null })
    project.close()
  })

  it('may be started over, which leaves it as it is', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ steps: 6, at: 3, then: 'fail' })
    const first = runs.start({ name: 'one', values, chain: [{ protocol: 'linear' }] })
    await collect(runs.watch(first.id))
    letTrainers({ steps: 6 })
    const second = runs.startOver(first.id)
    expect(second).toMatchObject({ name: 'one', step: 0, chain: [{ protocol: 'linear' }] })
    expect(second.config).toEqual(first.config)
    await collect(runs.watch(second.id))
    expect(project.store.runs.get(first.id)).toMatchObject({ status: 'failed', step: 3 })
    expect(project.store.runs.get(second.id)).toMatchObject({ status: 'done', step: 6 })
    project.close()
  })
})

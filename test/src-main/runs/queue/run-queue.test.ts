import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { kineticsScaling } from '#shared/encoders/scaling.ts'
import type { RunEvent } from '#shared/contract/runs.ts'
import manifest from '../../../../package.json' with { type: 'json' }
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { video } from '../sample-rows.ts'
import {
  collect,
  letTrainers,
  openQueues,
  stepsOf,
  trainingProject,
  until,
} from '../training-project.ts'

const temporaryFolder = temporaryFolders()
afterEach(() => vi.unstubAllEnvs())

const values = { batch: 2, queue: 4, epochs: 3 }
const atStep = (step: number) => (event: RunEvent) =>
  event.type === 'metrics' && event.points.some((point) => point.step >= step)

describe('a run', () => {
  it('goes from queued to done, its metrics stored and its device named', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ steps: 6 })
    const run = runs.start({ preset: 'small-moco', values })
    expect(run).toMatchObject({ status: 'queued', name: 'small-moco', totalSteps: 6 })
    expect(run.config).toMatchObject({ method: 'moco', merge: 'none', batch: 2 })

    const events = await collect(runs.watch(run.id))
    expect(events[0]).toMatchObject({ type: 'run', run: { status: 'queued' } })
    expect(events.at(-1)).toMatchObject({
      type: 'run',
      run: { status: 'done', step: 6, device: 'Fake, float32, no kernels', error: null },
    })
    expect(project.store.runs.get(run.id).madeWith).toMatchObject({
      workbench: manifest.version,
      node: process.versions.node,
      videos: expect.stringMatching(/^[0-9a-f]{64}$/),
      scaling: kineticsScaling,
    })
    expect(stepsOf(events)).toEqual([1, 2, 3, 4, 5, 6])
    expect(project.store.runMetrics.after(run.id, 0).points[3]).toEqual({
      step: 4,
      name: 'loss',
      value: 0.25,
    })
    expect(stepsOf(await collect(runs.watch(run.id)))).toEqual([1, 2, 3, 4, 5, 6])
    project.close()
  })

  it('is one of a sweep that is queued whole or not at all', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ steps: 1 })
    const sweep = { name: 'ratio', values, seeds: [1, 2] }
    expect(() => runs.sweep({ ...sweep, grid: { batch: [2, 8], queue: [8] } })).toThrow(
      'has 4 training videos, and a batch needs 8',
    )
    expect(project.store.runs.list()).toEqual([])
    const started = runs.sweep({ ...sweep, grid: { beta: [0.3, 0.5] } })
    expect(started.map(({ name }) => name)).toEqual([
      'ratio: beta 0.3, seed 1',
      'ratio: beta 0.3, seed 2',
      'ratio: beta 0.5, seed 1',
      'ratio: beta 0.5, seed 2',
    ])
    expect(started.every(({ sweep: name }) => name === 'ratio')).toBe(true)
    expect(started[2].config).toMatchObject({ beta: 0.5, seed: 1, batch: 2 })
    await collect(runs.watch(started[3].id))
    expect(project.store.runs.withStatus('done')).toHaveLength(4)
    project.close()
  })

  it('saves a checkpoint and is stopped when asked', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ steps: 100_000 })
    const { id } = runs.start({ values })
    await until(runs.watch(id), atStep(3))
    expect(runs.stop(id).status).toBe('stopping')
    const events = await collect(runs.watch(id))
    expect(events.at(-1)).toMatchObject({ run: { status: 'stopped', error: null } })
    const saved = Number(readFileSync(join(project.runFolder(id), 'checkpoint.txt'), 'utf8'))
    expect(saved).toBe(project.store.runs.get(id).step)
    project.close()
  })

  it('is stopped at once while its trainer still starts', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ steps: 100_000 })
    const { id } = runs.start({ values })
    await until(runs.watch(id), (event) => event.type === 'run' && event.run.status === 'running')
    runs.stop(id)
    const events = await collect(runs.watch(id))
    expect(events.at(-1)).toMatchObject({ run: { status: 'stopped', error: null } })
    project.close()
  })

  it('is killed when it does not answer a stop', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project, 50)
    letTrainers({ steps: 100_000, deaf: true })
    const { id } = runs.start({ values })
    await until(runs.watch(id), atStep(1))
    runs.stop(id)
    const events = await collect(runs.watch(id))
    expect(events.at(-1)).toMatchObject({
      run: { status: 'stopped', error: expect.stringContaining('was killed') },
    })
    project.close()
  })

  it.runIf(process.platform === 'linux')(
    'is not killed in a step that takes longer than the grace',
    async () => {
      const project = trainingProject(temporaryFolder())
      const { runs } = openQueues(project, 400)
      letTrainers({ steps: 100_000, busy: 1500 })
      const { id } = runs.start({ values })
      await until(runs.watch(id), atStep(1))
      runs.stop(id)
      const events = await collect(runs.watch(id))
      expect(events.at(-1)).toMatchObject({ run: { status: 'stopped', error: null } })
      expect(existsSync(join(project.runFolder(id), 'checkpoint.txt'))).toBe(true)
      project.close()
    },
  )

  it('leaves the queue when stopped before its turn, and the next one has its turn', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ steps: 3, pause: 20 })
    const [first, second, third] = ['a', 'b', 'c'].map((name) => runs.start({ name, values }))
    expect(runs.stop(second.id).status).toBe('stopped')
    await collect(runs.watch(third.id))
    const ended = project.store.runs.list()
    expect(ended.map((run) => run.status)).toEqual(['done', 'stopped', 'done'])
    expect(ended[1].startedAt).toBeNull()
    expect(ended[0].finishedAt! <= ended[2].startedAt!).toBe(true)
    expect(runs.stop(first.id).status).toBe('done')
    project.close()
  })

  it('fails with the last words of a trainer that crashes, keeping the metrics so far', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ at: 4, then: 'crash' })
    const { id } = runs.start({ values })
    const events = await collect(runs.watch(id))
    const run = project.store.runs.get(id)
    expect(run.status).toBe('failed')
    expect(run.error).toContain('exit code 3')
    expect(run.error).toContain('terminate called after throwing out of patience')
    expect(stepsOf(events)).toEqual([1, 2, 3])
    expect(readFileSync(project.logFile('run', id), 'utf8')).toContain('out of patience')
    project.close()
  })

  it('passes on what a trainer says of its failure', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ at: 1, then: 'fail' })
    const { id } = runs.start({ values })
    await collect(runs.watch(id))
    expect(project.store.runs.get(id)).toMatchObject({
      status: 'failed',
      error: 'TensorFlow is not set up. Run npm run setup.',
    })
    project.close()
  })

  it('leaves out a loss that is not a number and says so', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ steps: 3, at: 2, then: 'diverge' })
    const { id } = runs.start({ values })
    const events = await collect(runs.watch(id))
    expect(stepsOf(events)).toEqual([1, 3])
    expect(events).toContainEqual({
      type: 'warning',
      message: expect.stringContaining('loss is NaN at step 2'),
    })
    project.close()
  })

  it('passes warnings on', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ at: 2, then: 'warn' })
    const events = await collect(runs.watch(runs.start({ values }).id))
    expect(events).toContainEqual({ type: 'warning', message: 'v_3.avi left out' })
    project.close()
  })
})

describe('watching', () => {
  it('sends a subscriber that has fallen behind few messages, and every point once', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ steps: 300, points: 40, pause: 1 })
    const { id } = runs.start({ values })
    const slow = runs.watch(id)
    const events = [(await slow.next()).value as RunEvent]
    await collect(runs.watch(id))
    for await (const event of slow) events.push(event)
    // The run twice, its progress, and 12,000 points of which a message takes 5,000.
    expect(events.length).toBeLessThanOrEqual(6)
    const points = events.flatMap((event) => (event.type === 'metrics' ? event.points : []))
    expect(points).toHaveLength(300 * 40)
    expect(new Set(points.map((point) => `${point.name} ${point.step}`)).size).toBe(300 * 40)
    project.close()
  })

  it('ends when its subscriber leaves', async () => {
    const project = trainingProject(temporaryFolder())
    const queues = openQueues(project)
    letTrainers({ steps: 100_000 })
    const { id } = queues.runs.start({ values })
    const leave = new AbortController()
    const seen = collect(queues.runs.watch(id, leave.signal))
    await until(queues.runs.watch(id), atStep(1))
    leave.abort()
    expect((await seen).length).toBeGreaterThan(0)
    expect(project.store.runs.get(id).status).toBe('running')
    await queues.close()
    project.close()
  })

  it('says which run is missing', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    await expect(collect(runs.watch(9))).rejects.toThrow('There is no run 9')
    project.close()
  })
})

describe('starting a run', () => {
  it('is refused without training videos, with too few, and with what does not exist', () => {
    const project = trainingProject(temporaryFolder(), 3)
    const { runs } = openQueues(project)
    const { datasets, videos } = project.store
    expect(() => runs.start({ values: { batch: 4, queue: 8 } })).toThrow(
      'has 3 training videos, and a batch needs 4',
    )
    expect(() => runs.start({ values: { batch: 8, repeats: 2, queue: 8 } })).toThrow(
      'needs 4 (batch / repeats). Set batch to a multiple of 2, 6 or less',
    )
    const bare = datasets.ensure({ name: 'bare', format: 'ucf101', folder: '/bare' })
    videos.write(bare, [video(0, 'test')])
    expect(() => runs.start({ datasetId: bare, values })).toThrow('has no training videos')
    expect(() => runs.start({ preset: 'huge' })).toThrow("There is no preset 'huge'")
    expect(() => runs.start({ datasetId: 99, values })).toThrow('There is no data set 99')
    expect(() => runs.start({ values: { beta: 2 } })).toThrow('beta is 2')
    expect(project.store.runs.list()).toEqual([])
    project.close()
  })

  it('has as many steps as its videos make when its turn comes', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ steps: 9 })
    const { id } = runs.start({ values })
    project.store.videos.write(1, [video(20, 'train'), video(21, 'train')])
    await collect(runs.watch(id))
    expect(project.store.runs.get(id)).toMatchObject({ status: 'done', totalSteps: 9 })
    project.close()
  })

  it('takes all readable videos where there are no splits', async () => {
    const project = trainingProject(temporaryFolder())
    const { datasets, videos } = project.store
    const plain = datasets.ensure({ name: 'plain', format: 'ucf101', folder: '/plain' })
    videos.write(plain, [
      ...[0, 1, 2, 3, 4].map((i) => video(i, null)),
      { ...video(5, null), error: 'Truncated' },
      { ...video(6, null), frames: null },
    ])
    const queues = openQueues(project)
    const { runs } = queues
    letTrainers({})
    const run = runs.start({ datasetId: plain, values: { ...values, batch: 5, queue: 10 } })
    expect(run.totalSteps).toBe(3)
    expect(runs.stop(run.id).status).toBe('stopped')
    expect(existsSync(project.runFolder(run.id))).toBe(false)
    await queues.close()
    project.close()
  })
})

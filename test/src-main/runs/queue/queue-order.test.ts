import { afterEach, describe, expect, it, vi } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { PROTOCOLS, tasks } from '#shared/tasks/index.ts'
import type { RunEvent } from '#shared/contract/runs.ts'
import { openProject } from '#main/store/project.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { collect, letTrainers, openQueues, trainingProject, until } from '../training-project.ts'

const temporaryFolder = temporaryFolders()
afterEach(() => vi.unstubAllEnvs())

const values = { batch: 2, queue: 4, epochs: 3 }
const atStep = (step: number) => (event: RunEvent) =>
  event.type === 'metrics' && event.points.some((point) => point.step >= step)

describe('the queue', () => {
  it('takes waiting runs in the order they were moved to', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ steps: 100_000 })
    const a = runs.start({ name: 'a', values }).id
    await until(runs.watch(a), atStep(1))
    letTrainers({ steps: 3 })
    const [b, c, d] = ['b', 'c', 'd'].map((name) => runs.start({ name, values }).id)
    runs.move(d, b)
    runs.move(b, null)
    runs.stop(a)
    await collect(runs.watch(b))
    const order = project.store.runs
      .list()
      .toSorted((x, y) => x.startedAt!.localeCompare(y.startedAt!))
      .map(({ id }) => id)
    expect(order).toEqual([a, d, c, b])
    project.close()
  })

  it('is the same after a restart: order, pauses and what follows', async () => {
    const project = trainingProject(temporaryFolder())
    const before = openQueues(project)
    letTrainers({ steps: 100_000 })
    const a = before.runs.start({ name: 'a', values }).id
    await until(before.runs.watch(a), atStep(1))
    const chain = [{ protocol: 'linear' as const, clips: 2 }]
    const [b, c, d] = ['b', 'c', 'd'].map(
      (name) => before.runs.start({ name, values, chain: name === 'd' ? chain : [] }).id,
    )
    before.runs.move(d, b)
    before.runs.pause(c)
    before.runs.move(c, d)
    await before.close()
    project.close()

    const again = openProject(project.folder)
    const { runs } = again.store
    const waiting = runs.list().toSorted((x, y) => x.place - y.place)
    expect(waiting.map(({ id, status }) => [id, status])).toEqual([
      [a, 'queued'],
      [c, 'paused'],
      [d, 'queued'],
      [b, 'queued'],
    ])
    expect(runs.get(d).chain).toEqual(chain)
    letTrainers({ steps: 3 })
    const after = openQueues(again)
    after.resumeAll()
    await collect(after.runs.watch(b))
    const [evaluation] = again.store.evaluations.list()
    expect(evaluation).toMatchObject({ runId: d, protocol: 'linear', status: 'done' })
    const times = [runs.get(d).startedAt, evaluation.finishedAt, runs.get(b).startedAt]
    expect(times).toEqual(times.toSorted())
    expect(runs.get(a).status).toBe('done')
    expect(runs.get(c)).toMatchObject({ status: 'paused', startedAt: null })
    await after.close()
    again.close()
  })

  it('lets two runs change places as often as somebody likes', () => {
    const project = trainingProject(temporaryFolder())
    const { runs, datasets } = project.store
    const queue = openQueues(project).runs
    const row = { config: completeConfig({}), datasetId: datasets.list()[0].id, totalSteps: 1 }
    const [a, b, c] = ['a', 'b', 'c'].map((name) => runs.add({ name, ...row }).id)
    const order = () => runs.withStatus('queued').map(({ id }) => id)
    for (let round = 0; round < 60; round++) {
      queue.move(c, b)
      expect(order()).toEqual([a, c, b])
      queue.move(b, c)
      expect(order()).toEqual([a, b, c])
    }
    expect(new Set(runs.list().map(({ place }) => place)).size).toBe(3)
    project.close()
  })

  it('moves no run that does not wait', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ steps: 2 })
    const first = runs.start({ values }).id
    await collect(runs.watch(first))
    const second = runs.start({ values }).id
    expect(() => runs.move(first, second)).toThrow(`Run ${first} is no longer waiting.`)
    expect(() => runs.move(second, first)).toThrow(`Run ${first} is no longer waiting.`)
    await collect(runs.watch(second))
    project.close()
  })
})

describe('a paused run', () => {
  it('saves itself, lets the next one go, and goes on when it is resumed', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ steps: 100_000 })
    const first = runs.start({ name: 'first', values })
    await until(runs.watch(first.id), atStep(2))
    letTrainers({ steps: 3 })
    const second = runs.start({ name: 'second', values })
    runs.pause(first.id)
    await collect(runs.watch(second.id))
    const paused = project.store.runs.get(first.id)
    expect(paused).toMatchObject({ status: 'paused', place: first.place })
    runs.resume(first.id)
    await collect(runs.watch(first.id))
    expect(project.store.runs.get(first.id).status).toBe('done')
    project.close()
  })

  it('is passed over while it waits, and stays so when the project is opened again', async () => {
    const folder = temporaryFolder()
    const project = trainingProject(folder)
    const { runs } = openQueues(project)
    letTrainers({ steps: 100_000 })
    const a = runs.start({ name: 'a', values }).id
    await until(runs.watch(a), atStep(1))
    letTrainers({ steps: 3 })
    const [b, c] = ['b', 'c'].map((name) => runs.start({ name, values }).id)
    expect(runs.pause(b).status).toBe('paused')
    runs.stop(a)
    await collect(runs.watch(c))
    const again = openQueues(project)
    again.resumeAll()
    await again.close()
    expect(project.store.runs.get(c).status).toBe('done')
    expect(project.store.runs.get(b)).toMatchObject({ status: 'paused', startedAt: null })
    expect(again.runs.stop(b).status).toBe('stopped')
    project.close()
  })
})

describe('a chain', () => {
  const chain = [{ protocol: 'linear', clips: 2 }] as const

  it('evaluates a run that is done before the next run has its turn', async () => {
    const project = trainingProject(temporaryFolder())
    const queues = openQueues(project)
    letTrainers({ steps: 3 })
    const sameMillisecond = vi.spyOn(Date, 'now').mockReturnValue(Date.now())
    const { id } = queues.runs.start({ values, chain: [...chain] })
    const next = queues.runs.start({ name: 'next', values })
    sameMillisecond.mockRestore()
    await collect(queues.runs.watch(next.id))
    const [evaluation] = project.store.evaluations.list()
    expect(evaluation).toMatchObject({ runId: id, protocol: 'linear', status: 'done' })
    expect(evaluation.finishedAt! <= project.store.runs.get(next.id).startedAt!).toBe(true)
    expect(project.store.runs.get(id).chain).toEqual([])
    project.close()
  })

  it('can be of every task, whether or not it looks at clips', async () => {
    const project = trainingProject(temporaryFolder())
    const queues = openQueues(project)
    letTrainers({ steps: 2 })
    const every = PROTOCOLS.map((protocol) => ({ protocol, clips: 2 }))
    const { id } = queues.runs.start({ values, chain: every })
    await collect(queues.runs.watch(id))
    const evaluations = project.store.evaluations.list()
    expect(evaluations.map(({ protocol }) => protocol)).toEqual(PROTOCOLS)
    for (const { protocol, settings } of evaluations) {
      expect(settings.clips).toBe('clips' in tasks[protocol].settings ? 2 : 10)
    }
    await queues.close()
    project.close()
  })

  it('ends with a run that is stopped', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ steps: 100_000 })
    const { id } = runs.start({ values, chain: [...chain] })
    await until(runs.watch(id), atStep(1))
    runs.stop(id)
    await collect(runs.watch(id))
    expect(project.store.evaluations.list()).toEqual([])
    project.close()
  })

  it('goes on after a host that was killed between the run and what follows', async () => {
    const project = trainingProject(temporaryFolder())
    const { runs } = openQueues(project)
    letTrainers({ steps: 2 })
    const { id } = runs.start({ values })
    await collect(runs.watch(id))
    project.store.runs.change(id, { chain: [...chain] })
    const again = openQueues(project)
    again.resumeAll()
    await again.close()
    expect(project.store.evaluations.list()).toMatchObject([{ runId: id, protocol: 'linear' }])
    project.close()
  })

  it('tells with the run that what was to follow cannot be started', async () => {
    const project = trainingProject(temporaryFolder(), 4, 0)
    const { runs } = openQueues(project)
    letTrainers({ steps: 2 })
    const { id } = runs.start({ values, chain: [...chain] })
    await collect(runs.watch(id))
    const warnings = (await collect(runs.watch(id))).filter(({ type }) => type === 'warning')
    expect(warnings).toMatchObject([{ message: expect.stringContaining('has no test videos') }])
    expect(project.store.runs.get(id).status).toBe('done')
    project.close()
  })
})

import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { EstimateEvent } from '#shared/contract/estimates.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { collect, letTrainers, openQueues, trainingProject, until } from '../training-project.ts'

const temporaryFolder = temporaryFolders()
afterEach(() => vi.unstubAllEnvs())

/** Two batches an epoch. */
const request = { values: { batch: 2, queue: 4, epochs: 10, accumulate: 4, keepCheckpoints: 3 } }

function estimateIn(events: readonly EstimateEvent[]) {
  return events.flatMap((event) => (event.type === 'estimate' ? event.estimate : []))[0]
}

describe('an estimate', () => {
  it('counts the first epoch apart, multiplies by batches a step, and is kept', async () => {
    const project = trainingProject(temporaryFolder())
    const { estimator } = openQueues(project)
    expect(await estimator.plan(request)).toMatchObject({ videos: 4, steps: 5, estimate: null })
    letTrainers({})
    const events = await collect(estimator.estimate(request))
    // 5 steps of 4 batches: one at 3 s a batch, four at 2 s.
    expect(estimateIn(events)).toMatchObject({
      secondsPerStep: 8,
      waitPerStep: 0,
      seconds: 4 * 3 + 4 * 4 * 2,
      timing: { timed: 2, memory: 4e6 },
    })
    const { checkpoint, disk } = estimateIn(events)
    expect(disk).toBe(5 * checkpoint)

    const plan = await estimator.plan({ values: { ...request.values, epochs: 20, lr: 0.5 } })
    expect(plan).toMatchObject({ steps: 10, busy: null, estimate: { seconds: 12 + 9 * 8 } })
    const other = await estimator.plan({ values: { ...request.values, size: 64 } })
    expect(other.estimate).toBeNull()
    expect(existsSync(project.runFolder(1))).toBe(false)
    project.close()
  })

  it('tells how many videos there are where they are too few, and why nothing can start', async () => {
    const project = trainingProject(temporaryFolder())
    const { estimator } = openQueues(project)
    const plan = await estimator.plan({ values: { ...request.values, batch: 8, queue: 8 } })
    expect(plan).toMatchObject({ videos: 4, steps: 0, estimate: null })
    expect(plan.problem).toContain('has 4 training videos, and a batch needs 8')
    const refused = collect(estimator.estimate({ values: { batch: 8, queue: 8 } }))
    await expect(refused).rejects.toThrow('has 4 training videos, and a batch needs 8')
    project.close()
  })

  it('leaves nothing behind when it is given up, and the trainer is free again', async () => {
    const project = trainingProject(temporaryFolder())
    const { estimator } = openQueues(project)
    letTrainers({ pause: 1e6 })
    const giveUp = new AbortController()
    const events = estimator.estimate(request, giveUp.signal)
    await until(events, (event) => event.type === 'progress' && event.progress.phase === 'train')
    giveUp.abort()
    expect(await collect(events)).toEqual([])
    await expect.poll(async () => (await estimator.plan(request)).busy).toBeNull()
    await expect.poll(() => readdirSync(project.cacheFolder)).toEqual([])
    project.close()
  })

  it('ends the trainer when somebody leaves it early', async () => {
    const project = trainingProject(temporaryFolder())
    const { estimator } = openQueues(project)
    letTrainers({ pause: 1e6 })
    const events = estimator.estimate(request)
    await until(events, (event) => event.type === 'progress' && event.progress.phase === 'train')
    await expect.poll(async () => (await estimator.plan(request)).busy).toBeNull()
    await expect.poll(() => readdirSync(project.cacheFolder)).toEqual([])
    project.close()
  })

  it('is refused while a run has the trainer, and the last one is still to be had', async () => {
    const project = trainingProject(temporaryFolder())
    const queues = openQueues(project)
    letTrainers({})
    await collect(queues.estimator.estimate(request))
    letTrainers({ steps: 100_000 })
    const { id } = queues.runs.start({ name: 'long', values: request.values })
    await until(queues.runs.watch(id), ({ type }) => type === 'metrics')
    await expect(collect(queues.estimator.estimate(request))).rejects.toThrow(
      `The trainer is busy with run ${id} (long). Pause or stop it`,
    )
    const plan = await queues.estimator.plan(request)
    expect(plan.busy).toBe(`The trainer is busy with run ${id} (long).`)
    expect(plan.estimate).not.toBeNull()
    await queues.close()
    project.close()
  })

  it('is ended with the workbench', async () => {
    const project = trainingProject(temporaryFolder())
    const queues = openQueues(project)
    letTrainers({ pause: 1e6 })
    const events = queues.estimator.estimate(request)
    await events.next()
    const rest = collect(events)
    await queues.close()
    expect(estimateIn(await rest)).toBeUndefined()
    project.close()
  })
})

describe('a dry run', () => {
  const states = (events: readonly { type: string }[]) =>
    Object.fromEntries(
      events.flatMap((event) =>
        'result' in event ? [Object.values(event.result as object).slice(0, 2)] : [],
      ),
    ) as Record<string, string>

  it('checks all that a run needs and makes none', async () => {
    const project = trainingProject(temporaryFolder())
    letTrainers({})
    const { dryRuns } = openQueues(project)
    const { folder: videos } = project.store.datasets.list()[0]
    const missing = await collect(dryRuns.run(request))
    expect(states(missing)).toMatchObject({ dataset: 'failed', disk: 'ok', engine: 'skipped' })
    expect(missing.at(-1)).toEqual({ type: 'done', ok: false })

    mkdirSync(videos, { recursive: true })
    const chain = [{ protocol: 'linear' as const }]
    const events = await collect(dryRuns.run({ ...request, chain }))
    expect(new Set(Object.values(states(events)))).toEqual(new Set(['ok']))
    expect(events.at(-1)).toEqual({ type: 'done', ok: true })
    expect(project.store.runs.list()).toEqual([])
    expect(readdirSync(project.cacheFolder)).toEqual([])
    project.close()
  })

  it('ends the trainer when somebody leaves it early', async () => {
    const project = trainingProject(temporaryFolder())
    mkdirSync(project.store.datasets.list()[0].folder, { recursive: true })
    letTrainers({ pause: 1e6 })
    const { dryRuns, estimator } = openQueues(project)
    await until(
      dryRuns.run(request),
      (event) => event.type === 'check' && event.result.detail === 'engine is well',
    )
    await expect.poll(async () => (await estimator.plan(request)).busy).toBeNull()
    project.close()
  })

  it('says which part failed, and goes no further', async () => {
    const project = trainingProject(temporaryFolder(), 4, 0)
    mkdirSync(project.store.datasets.list()[0].folder, { recursive: true })
    letTrainers({ then: 'fail' })
    const { dryRuns } = openQueues(project)
    const chain = [{ protocol: 'retrieval' as const }]
    const events = await collect(dryRuns.run({ ...request, chain }))
    const details = events.flatMap((event) => (event.type === 'check' ? event.result : []))
    expect(details.filter(({ state }) => state === 'failed')).toEqual([
      expect.objectContaining({ detail: expect.stringContaining('no test videos') }),
      expect.objectContaining({ detail: expect.stringContaining('Set precision to float32') }),
    ])
    expect(states(events)).toMatchObject({ videos: 'ok', step: 'failed', checkpoint: 'skipped' })
    const broken = await collect(dryRuns.run({ values: { batch: 3, queue: 4 } }))
    expect(states(broken)).toMatchObject({ settings: 'failed', dataset: 'skipped' })
    project.close()
  })
})

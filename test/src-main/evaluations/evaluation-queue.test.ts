import { afterEach, describe, expect, it, vi } from 'vitest'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { video } from '../runs/sample-rows.ts'
import { collect, letTrainers, openQueues, trainingProject } from '../runs/training-project.ts'

const temporaryFolder = temporaryFolders()
afterEach(() => vi.unstubAllEnvs())

const values = { batch: 2, queue: 4 }

describe('an evaluation', () => {
  it('waits for the run, then stores the result with the readable videos of both splits', async () => {
    const project = trainingProject(temporaryFolder(), 5, 3)
    const { runs, evaluations } = openQueues(project)
    project.store.videos.write(1, [{ ...video(5, 'test'), error: 'Truncated' }])
    letTrainers({ steps: 2 })
    const run = runs.start({ name: 'mine', values })
    const started = evaluations.start({
      runId: run.id,
      protocol: 'retrieval',
      settings: { clips: 2 },
    })
    expect(started).toMatchObject({ status: 'queued', runName: 'mine', datasetId: 1 })
    const events = await collect(evaluations.watch(started.id))
    expect(project.store.runs.get(run.id).status).toBe('done')
    expect(events).toContainEqual({
      type: 'metrics',
      points: [{ step: 1, name: 'loss', value: 1 }],
    })
    expect(events.at(-1)).toMatchObject({
      evaluation: {
        status: 'done',
        result: {
          scores: { top1: 0.5, clips: 2 },
          classCount: 2,
          trainVideos: 5,
          testVideos: 2,
        },
      },
    })
    project.close()
  })

  it('takes a randomly initialised encoder of a preset', async () => {
    const project = trainingProject(temporaryFolder())
    const { evaluations } = openQueues(project)
    letTrainers({})
    const { id } = evaluations.start({ runId: null, preset: 'small-fame', protocol: 'linear' })
    await collect(evaluations.watch(id))
    expect(project.store.evaluations.get(id)).toMatchObject({
      status: 'done',
      runId: null,
      runName: 'random initialisation (r2plus1d_narrow, 8×48×48)',
      result: { scores: { clips: 10 } },
    })
    expect(project.store.evaluations.config(id).model).toBe('r2plus1d_narrow')
    project.close()
  })

  it('is refused where it needs colours and the encoder takes flow', () => {
    const project = trainingProject(temporaryFolder())
    const { evaluations } = openQueues(project)
    const flow = { modality: 'flow', merge: 'none' }
    const encoder = { runId: null, preset: 'small-fame', values: flow } as const
    for (const protocol of ['background', 'tracking'] as const) {
      expect(() => evaluations.start({ ...encoder, protocol })).toThrow(
        'needs colours, and this encoder takes flow',
      )
    }
    project.close()
  })

  it('names the stream of a run with two, and is refused where there is no such stream', async () => {
    const project = trainingProject(temporaryFolder())
    const { evaluations } = openQueues(project)
    letTrainers({})
    const twin = { runId: null, preset: 'small-coclr', protocol: 'knn' } as const
    const started = ['rgb', 'flow', 'both'].map((stream) =>
      evaluations.start({ ...twin, settings: { stream } }),
    )
    const names = started.map(({ runName }) => runName)
    const name = 'random initialisation (r2plus1d_narrow, 8×48×48)'
    expect(names).toEqual([`${name}, colours`, `${name}, flow`, `${name}, both streams`])
    const single = { ...twin, preset: 'small-moco' }
    const alone = evaluations.start({ ...single, settings: { stream: 'rgb' } })
    expect(alone.runName).toBe(name)
    expect(() => evaluations.start({ ...single, settings: { stream: 'flow' } })).toThrow(
      'stream is flow. This encoder has one stream: it takes colours. Leave out stream.',
    )
    const merged = { ...twin, protocol: 'finetune' } as const
    expect(() =>
      evaluations.start({ ...merged, settings: { stream: 'both', merge: 'fame' } }),
    ).toThrow('masks are made of colours. Set merge to none')
    await collect(evaluations.watch(alone.id))
    project.close()
  })

  it('fails when the trainer ends without a result', async () => {
    const project = trainingProject(temporaryFolder())
    const { evaluations } = openQueues(project)
    letTrainers({ then: 'fail' })
    const { id } = evaluations.start({ runId: null, protocol: 'linear' })
    await collect(evaluations.watch(id))
    expect(project.store.evaluations.get(id)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('without a result'),
    })
    project.close()
  })

  it('is done again where it has failed, and not where it has a result', async () => {
    const project = trainingProject(temporaryFolder())
    const { evaluations } = openQueues(project)
    letTrainers({ then: 'fail' })
    const { id } = evaluations.start({ runId: null, protocol: 'linear' })
    await collect(evaluations.watch(id))
    letTrainers({})
    expect(evaluations.resume(id)).toMatchObject({ status: 'queued', error: null })
    await collect(evaluations.watch(id))
    expect(project.store.evaluations.get(id)).toMatchObject({ status: 'done', error: null })
    expect(() => evaluations.resume(id)).toThrow('so it cannot be resumed')
    project.close()
  })

  it('is refused for a run that does not exist and for a data set without a test split', () => {
    const project = trainingProject(temporaryFolder(), 4, 0)
    const { evaluations } = openQueues(project)
    expect(() => evaluations.start({ runId: 5, protocol: 'linear' })).toThrow('There is no run 5')
    expect(() => evaluations.start({ runId: null, protocol: 'linear' })).toThrow(
      'has no test videos',
    )
    project.close()
  })
})

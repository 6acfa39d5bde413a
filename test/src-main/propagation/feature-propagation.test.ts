import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PropagateRequest } from '#shared/contract/propagation.ts'
import { packRuns } from '#shared/masks/packed-runs.ts'
import { FeaturePropagation } from '#main/propagation/feature-propagation.ts'
import type { Outcome, TrainerNews } from '#main/runs/process/trainer-process.ts'
import type { TrainerQueues } from '#main/runs/queue/trainer-queues.ts'
import type { Project } from '#main/store/project.ts'
import type { TrainerJob } from '#main/trainer/process/messages.ts'
import {
  collect,
  letTrainers,
  openQueues,
  trainingProject,
  until,
} from '../runs/training-project.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()
let project: Project
let queues: TrainerQueues
let runId: number
let request: PropagateRequest

beforeEach(async () => {
  project = trainingProject(temporaryFolder())
  queues = openQueues(project)
  letTrainers({ steps: 1 })
  const { id } = queues.runs.start({ name: 'first', values: { batch: 2, queue: 4 } })
  await until(queues.runs.watch(id), ({ type }) => type === 'metrics')
  await vi.waitUntil(() => project.store.runs.get(id).status === 'done', 10_000)
  runId = id
  const [{ id: videoId, width, height }] = project.store.videos.query({}).items
  const mask = packRuns([0, width! * height!])
  request = {
    window: { videoId, start: 1, frames: 8, stride: 2 },
    frame: 3,
    mask,
    from: 1,
    to: 6,
    fixed: [
      { frame: 5, mask },
      { frame: 7, mask },
    ],
    by: by('dino'),
  }
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await queues.close()
  project.close()
})

const by = (protocol: 'dino' | 'crw') => ({ kind: 'features', runId, protocol }) as const
const fileOf = (id: number) => `/videos/${id}.avi`
const service = (trials: Pick<TrainerQueues['trials'], 'run'> = queues.trials) =>
  new FeaturePropagation({ project, trials, fileOf })

describe('propagating by features', () => {
  it('gives every frame once with the time left, and ends with done', async () => {
    const events = await collect(service().propagate(request, by('dino')))
    const frames = events.filter(({ type }) => type === 'frame')
    expect(frames).toMatchObject([
      { frame: 1, overlap: null },
      { frame: 2, overlap: null },
      { frame: 4, overlap: null },
      { frame: 5, overlap: 0.5 },
      { frame: 6, overlap: null },
    ])
    expect(events[0]).toMatchObject({ type: 'progress', phase: 'starting', done: 0, total: 5 })
    expect(events.at(-2)).toMatchObject({ phase: 'carrying', done: 5, total: 5, secondsLeft: 0 })
    expect(events.at(-1)).toEqual({ type: 'done' })
  })

  it('tells the trainer frames of the video, and ends it where somebody leaves', async () => {
    const jobs: TrainerJob[] = []
    let isEnded = false
    async function* run(job: TrainerJob): AsyncGenerator<TrainerNews, Outcome, undefined> {
      jobs.push(job)
      try {
        const carried = { mask: request.mask, agreement: 1, overlap: null }
        for (let place = 0; ; place++) {
          await Promise.resolve()
          yield { type: 'carried', place, carried }
        }
      } finally {
        isEnded = true
      }
    }
    const events = service({ run }).propagate(request, by('crw'))
    await until(events, ({ type }) => type === 'frame')
    expect(isEnded).toBe(true)
    expect(jobs).toMatchObject([
      {
        kind: 'carry',
        folder: project.runFolder(runId),
        video: fileOf(request.window.videoId),
        protocol: 'crw',
        indices: [3, 5, 7, 9, 11, 13],
        from: 2,
        fixed: [{ place: 4 }],
      },
    ])
  })

  it('refuses masks that do not fit, encoders of flow, and a busy trainer', async () => {
    const wrong = { ...request, mask: packRuns([0, 7]) }
    await expect(collect(service().propagate(wrong, by('dino')))).rejects.toThrow('covers 7 pixels')
    const values = { batch: 2, queue: 4, modality: 'flow', merge: 'none' }
    letTrainers({ steps: 1000, pause: 20 })
    const flow = queues.runs.start({ name: 'of flow', values })
    const ofFlow = { ...by('dino'), runId: flow.id }
    await expect(collect(service().propagate(request, ofFlow))).rejects.toThrow(
      'takes optical flow',
    )
    await until(queues.runs.watch(flow.id), ({ type }) => type === 'metrics')
    await expect(collect(service().propagate(request, by('dino')))).rejects.toThrow('busy with run')
  })
})

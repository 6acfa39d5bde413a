import { expect, it } from 'vitest'
import { workersFor } from '#main/runs/process/workers.ts'
import type { PretrainJob } from '#main/trainer/process/messages.ts'
import { completeConfig } from '#shared/config/pretrain-config.ts'

const job = (batch: number): PretrainJob => ({
  kind: 'pretrain',
  folder: '/run',
  config: completeConfig({ method: 'rotation', batch }),
  videos: { file: '/videos.jsonl', root: '/videos' },
  resume: false,
})
const asked = { workers: 2, restarts: 1 }

it('trains in as many processes as were asked for', () => {
  expect(workersFor(job(8), undefined)).toEqual({ workers: null, notice: null })
  expect(workersFor(job(8), asked)).toEqual({ workers: asked, notice: null })
})

it('lets a run fail that they cannot share, unless a host has them for all of its runs', () => {
  expect(workersFor(job(9), asked)).toEqual({ workers: asked, notice: null })
  expect(workersFor(job(9), { ...asked, mayTrainAlone: true })).toEqual({
    workers: null,
    notice:
      'The run trains in one process. 2 processes cannot share batches of 9 clips: their number must divide it.',
  })
})

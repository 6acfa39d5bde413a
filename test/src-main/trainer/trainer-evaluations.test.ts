// @module-tag tensorflow
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadNewestCheckpoint, saveCheckpoint } from '#main/trainer/checkpoint/checkpoints.ts'
import type { TrainerJob } from '#main/trainer/process/messages.ts'
import { completeSettings } from '#shared/config/evaluation-settings.ts'
import { RealTrainer } from './real-trainer.ts'
import { listVideos, tinyConfig } from './tiny-videos.ts'

const trainer = new RealTrainer()

describe('the trainer process as an evaluator', () => {
  it.each(['linear', 'knn', 'retrieval'] as const)(
    'scores an encoder by %s, and the same each time',
    async (p) => {
      trainer.copyFinishedRun()
      const job: TrainerJob = {
        kind: 'evaluate',
        protocol: p,
        config: tinyConfig(),
        folder: trainer.folder,
        settings: completeSettings(p, { clips: 2 }),
        outputs: join(trainer.folder, 'evaluation'),
        featureCache: join(trainer.folder, 'features'),
        classes: ['Right', 'Down'],
        train: listVideos(trainer.set, 'train', trainer.set.videos.slice(0, 6)),
        test: listVideos(trainer.set, 'test', trainer.set.videos.slice(6)),
      }
      const [first, second] = [await trainer.train(job), await trainer.train(job)].map((messages) =>
        messages.find((message) => message.type === 'result'),
      )
      expect(first?.result).toMatchObject({
        trainVideos: 6,
        testVideos: 2,
        classes: ['Right', 'Down'],
      })
      const names = {
        linear: ['top1', 'top5', 'clipTop1'],
        knn: ['top1', 'top5'],
        retrieval: ['R@1', 'R@5', 'R@10', 'R@20', 'R@50'],
      }
      expect(Object.keys(first?.result.scores ?? {})).toEqual(names[p])
      expect(first?.detail?.perClass.reduce((sum, { videos }) => sum + videos, 0)).toBe(2)
      expect(second?.result.scores).toEqual(first?.result.scores)
      expect(second?.detail).toEqual(first?.detail)
    },
  )

  it('does not score an encoder that has diverged', async () => {
    trainer.copyFinishedRun()
    const { tensors, metadata, step } = loadNewestCheckpoint(trainer.folder)!
    for (const { data } of tensors.values()) data.fill(NaN)
    saveCheckpoint(trainer.folder, step + 1, { tensors, metadata })
    const messages = await trainer.train({
      kind: 'evaluate',
      protocol: 'linear',
      config: tinyConfig(),
      folder: trainer.folder,
      settings: completeSettings('linear', { clips: 1 }),
      outputs: join(trainer.folder, 'evaluation'),
      featureCache: join(trainer.folder, 'features'),
      classes: ['Right', 'Down'],
      train: listVideos(trainer.set),
      test: listVideos(trainer.set),
    })
    expect(messages.at(-1)).toMatchObject({
      type: 'failed',
      message: expect.stringContaining('diverged') as string,
    })
  })

  it('does not evaluate a run that has no checkpoint', async () => {
    const { config, videos } = trainer.pretrainJob()
    const messages = await trainer.train({
      kind: 'evaluate',
      protocol: 'linear',
      config,
      folder: trainer.folder,
      settings: completeSettings('linear', { clips: 1 }),
      outputs: join(trainer.folder, 'evaluation'),
      featureCache: join(trainer.folder, 'features'),
      classes: ['Right', 'Down'],
      train: videos,
      test: videos,
    })
    expect(messages.at(-1)).toMatchObject({
      type: 'failed',
      message: expect.stringContaining('has no checkpoint') as string,
    })
  })
})

import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { TrainerProcess } from '#main/runs/process/trainer-process.ts'
import { tinyConfig } from '../../trainer/tiny-videos.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'
import { fakeTrainer, letTrainers } from '../training-project.ts'

const temporaryFolder = temporaryFolders()
afterEach(() => {
  vi.unstubAllEnvs()
})

it('a trainer that is gone holds nothing open when it is told to stop', async () => {
  const folder = temporaryFolder()
  letTrainers({ steps: 1 })
  const trainer = new TrainerProcess({
    entry: fakeTrainer,
    job: {
      kind: 'pretrain',
      folder,
      config: tinyConfig(),
      videos: { file: join(folder, 'videos.jsonl'), root: folder },
      resume: false,
    },
    log: join(folder, 'log'),
    stopGrace: 60_000,
    onNews: () => undefined,
  })
  expect(await trainer.finished).toEqual({ type: 'done' })
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
  const before = timers()
  trainer.stop()
  expect(timers()).toBe(before)
})

import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { PairService } from '#main/pairs/pair-service.ts'
import { openProject } from '#main/store/project.ts'
import { video } from '../runs/sample-rows.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { writeTinySet, type TinySet } from '../trainer/tiny-videos.ts'

const temporaryFolder = temporaryFolders()
let set: TinySet
const opened: (() => Promise<void>)[] = []
beforeAll(async () => {
  set = await writeTinySet(4)
})
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})
afterAll(() => set.remove())

it('shows the clips of a form as they are after a decision about masks', async () => {
  const project = openProject(join(temporaryFolder(), 'project'))
  const service = new PairService(project)
  opened.push(async () => {
    await service.close()
    project.close()
  })
  const { datasets, videos, masks } = project.store
  const id = datasets.ensure({ name: 'set', format: 'ucf101', folder: set.folder })
  const shape = { width: 48, height: 36, frames: 20 }
  const rows = set.videos.map((_, i) => ({ ...video(i, 'train'), ...shape, path: `v_${i}.avi` }))
  videos.write(id, rows)
  const values = { frames: 4, stride: 2, size: 24, batch: 4, queue: 8, useCorrections: true }
  const ask = (slot: number) =>
    service.show({ of: { plan: { values, chain: [] } }, batch: 0, slot })
  const [first, second] = await Promise.all([ask(0), ask(1)])
  expect(first.video).not.toBe(second.video)
  expect(await ask(0)).toEqual(first)
  expect(service.picture(first.key, 0).png.length).toBeGreaterThan(100)
  await expect(ask(4)).rejects.toThrow('A batch has 4 videos')

  // Most of the first video is rejected, so its clips are drawn again.
  expect(first.views.some(({ isRedrawn }) => isRedrawn)).toBe(false)
  const { id: videoId } = videos.query({}).items.find(({ path }) => path === first.video)!
  const window = { videoId, start: 0, frames: 7, stride: 2 }
  masks.decide([{ window }], { state: 'rejected' }, { author: 'Ada', label: 'reject' })
  const redrawn = await ask(0)
  expect(redrawn.key).not.toBe(first.key)
  expect(redrawn.video).toBe(first.video)
  expect(redrawn.views.some(({ isRedrawn }) => isRedrawn)).toBe(true)
})

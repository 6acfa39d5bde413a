import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, expect, it } from 'vitest'
import type { JobEvent } from '#shared/contract/videos.ts'
import { indexDataset } from '#main/datasets/indexer.ts'
import { Store } from '#main/store/store.ts'
import { DecoderPool } from '#main/video/decoder-pool.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()
const pool = new DecoderPool({ size: 1 })
afterAll(() => pool.close())

async function writeVideoFolder(folder: string, frames: number): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const create = { width: 32, height: 24, channels: 3 as const, background: 'gray' }
  const picture = await sharp({ create }).jpeg().toBuffer()
  for (let number = 1; number <= frames; number++) {
    const digits = String(number).padStart(5, '0')
    for (const kind of ['img', 'flow_x', 'flow_y']) {
      writeFileSync(join(folder, `${kind}_${digits}.jpg`), picture)
    }
  }
}

async function index(store: Store, folder: string, frameRate?: number): Promise<JobEvent[]> {
  const events: JobEvent[] = []
  for await (const event of indexDataset({ store, decoder: pool, folder, frameRate })) {
    events.push(event)
  }
  return events
}

it("indexes mmaction2's frames of UCF101 with classes and splits, at the rate that is said", async () => {
  const root = join(temporaryFolder(), 'ucf101')
  const [one, two] = ['Archery/v_Archery_g01_c01', 'Diving/v_Diving_g08_c02']
  await writeVideoFolder(join(root, 'rawframes', one), 12)
  await writeVideoFolder(join(root, 'rawframes', two), 20)
  mkdirSync(join(root, 'annotations'))
  writeFileSync(join(root, 'annotations', 'classInd.txt'), '1 Archery\n2 Diving\n')
  writeFileSync(join(root, 'annotations', 'trainlist01.txt'), `${two}.avi 2\n`)
  writeFileSync(join(root, 'annotations', 'testlist01.txt'), `${one}.avi\n`)
  const store = new Store(':memory:')
  const done = (await index(store, join(root, 'rawframes'))).at(-1)
  expect(done).toMatchObject({ type: 'done', total: 2, errors: 0, format: 'ucf101' })
  expect(done).toHaveProperty('frameFolders', { videos: 2, frameRate: 25 })
  const rows = () => store.videos.these([1, 2]).sort((a, b) => (a.path < b.path ? -1 : 1))
  expect(rows()).toMatchObject([
    { path: one, class: 'Archery', split: 'test', frames: 12, fps: 25, duration: 12 / 25 },
    { path: two, class: 'Diving', split: 'train', frames: 20, width: 32, height: 24 },
  ])
  // Bytes of the pictures, not of the folder's own entry.
  expect(rows()[1].size).toBeGreaterThan(rows()[0].size!)

  await index(store, join(root, 'rawframes'), 50)
  expect(rows()).toMatchObject([{ fps: 50, duration: 12 / 50 }, { fps: 50 }])
  const again = (await index(store, join(root, 'rawframes'))).at(-1)
  expect(again).toHaveProperty('frameFolders', { videos: 2, frameRate: 50 })
  expect(rows()).toMatchObject([{ fps: 50 }, { fps: 50 }])

  rmSync(join(root, 'rawframes', one, 'img_00005.jpg'))
  expect((await index(store, join(root, 'rawframes'))).at(-1)).toMatchObject({ errors: 1 })
  expect(rows()[0]).toMatchObject({ errorKind: 'damaged' })
  expect(rows()[0].error).toContain('no frame 5')
  store.close()
})

it('says what to do where pictures are no frames of one video', async () => {
  const root = temporaryFolder()
  await writeVideoFolder(join(root, 'run', 'a'), 8)
  for (let i = 0; i < 10; i++) writeFileSync(join(root, 'run', `a_${i}_of_b_${i % 3}.jpg`), 'x')
  const store = new Store(':memory:')
  const warnings = (await index(store, root)).filter((event) => event.type === 'warning')
  expect(warnings[0]?.message).toContain('(.jpg 10). Pictures are read as the frames of a video if')
  store.close()
})

it('takes frames in folders of splits and classes', async () => {
  const root = temporaryFolder()
  await writeVideoFolder(join(root, 'train', 'run', 'a'), 8)
  await writeVideoFolder(join(root, 'test', 'run', 'b.c'), 9)
  const store = new Store(':memory:')
  expect((await index(store, root)).at(-1)).toMatchObject({ total: 2, errors: 0, format: 'folder' })
  // Which of them is read first may differ.
  const byPath = store.videos.these([1, 2]).sort((a, b) => (a.path < b.path ? -1 : 1))
  expect(byPath).toMatchObject([
    { path: 'test/run/b.c', class: 'run', split: 'test', frames: 9 },
    { path: 'train/run/a', class: 'run', split: 'train', frames: 8 },
  ])
  store.close()
})

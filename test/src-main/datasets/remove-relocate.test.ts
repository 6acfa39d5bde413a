import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { completeConfig } from '#shared/config/pretrain-config.ts'
import { relocateDataset, removeDataset } from '#main/datasets/remove-relocate.ts'
import { Library } from '#main/library/library.ts'
import { Tagging } from '#main/library/tagging.ts'
import { Store } from '#main/store/store.ts'
import { indexedVideo, seedVideos } from '../library/seeded-store.ts'
import {
  addVideos,
  contentOf,
  correct,
  imported,
  projectOf,
  Rng,
  videoId,
} from '../masks/mask-project.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()

describe('a data set', () => {
  it('goes with its rows and tags, and leaves the others', async () => {
    const store = new Store(join(temporaryFolder(), 'workbench.sqlite'))
    const gone = seedVideos(store, 600, '/gone')
    const kept = seedVideos(store, 20, '/kept')
    const library = new Library(store)
    const tagging = new Tagging(store, library)
    await tagging.edit({ videos: { filter: { datasets: [gone] } }, add: ['old'], remove: [] })
    const exports = join(temporaryFolder(), 'exports')
    expect(await removeDataset(store, gone, exports)).toBeNull()
    expect(readdirSync(exports)).toEqual([])
    expect(store.datasets.list().map(({ id }) => id)).toEqual([kept])
    const facets = await library.facets({})
    expect(facets).toMatchObject({ total: 20, tags: [], datasets: [{ id: kept, count: 20 }] })
    expect(store.videos.count({})).toBe(20)
    await tagging.step('undo')
    await expect(removeDataset(store, gone, null)).rejects.toThrow('There is no data set')
    store.close()
  })

  it('stays while a run used it, and goes once that is deleted', async () => {
    const store = new Store(join(temporaryFolder(), 'workbench.sqlite'))
    const datasetId = seedVideos(store, 20, '/used')
    const { id } = store.runs.add({
      name: 'r',
      config: completeConfig({}),
      datasetId,
      totalSteps: 10,
    })
    const removal = removeDataset(store, datasetId, null)
    await expect(removal).rejects.toThrow(`used is used by run ${id}`)
    store.runs.change(id, { trashedAt: new Date().toISOString() })
    await expect(removeDataset(store, datasetId, null)).rejects.toThrow('(in the trash)')
    store.runs.delete(id)
    await removeDataset(store, datasetId, null)
    expect([store.datasets.list(), store.videos.count({})]).toEqual([[], 0])
    store.close()
  })

  it('leaves a file of its masks, from which they come back', async () => {
    const folder = temporaryFolder()
    const store = projectOf(folder, ['A/1.avi', 'A/2.avi'])
    addVideos(store, 'other', ['B/1.avi'])
    const windows = correct(store, new Rng(5))
    const before = windows.map((window) => contentOf(store, window)!)
    const exports = join(folder, 'exports')
    const exported = await removeDataset(store, 1, exports)
    expect(exported).toMatchObject({ windows: 6, leftOut: 0 })
    expect(readdirSync(exports)).toEqual([basename(exported!.out)])
    expect(store.maskTransfer.count()).toBe(3)
    addVideos(store, 'set', ['A/1.avi', 'A/2.avi'])
    const { done } = await imported(store, { file: exported!.out, mode: 'all' })
    expect(done).toMatchObject({ taken: 6, misfits: 0 })
    const videoIds = ['A/1.avi', 'A/2.avi'].map((path) => videoId(store, path))
    const after = videoIds.flatMap((id) => store.masks.list(id))
    expect(after.map((window) => ({ ...contentOf(store, window), videoId: 0 }))).toEqual(
      before.slice(0, 6).map((content) => ({ ...content, videoId: 0 })),
    )
    store.close()
  })

  it('loses its masks when they are let go', async () => {
    const folder = temporaryFolder()
    const store = projectOf(folder, ['A/1.avi'])
    correct(store, new Rng(5))
    expect(await removeDataset(store, 1, null)).toBeNull()
    expect(store.maskTransfer.count()).toBe(0)
    store.close()
  })

  it('stays when its masks cannot be written', async () => {
    const folder = temporaryFolder()
    const store = projectOf(folder, ['A/1.avi'])
    correct(store, new Rng(5))
    writeFileSync(join(folder, 'exports'), '')
    await expect(removeDataset(store, 1, join(folder, 'exports'))).rejects.toThrow(
      /cannot be written/,
    )
    expect(store.maskTransfer.count()).toBe(3)
    store.close()
  })

  it('keeps its rows where its folder has moved, and stays where most files are missing', async () => {
    const root = temporaryFolder()
    const [old, moved] = [join(root, 'old'), join(root, 'moved')]
    mkdirSync(join(old, 'A'), { recursive: true })
    for (const name of ['1', '2']) writeFileSync(join(old, 'A', `${name}.avi`), name)
    const store = new Store(join(root, 'workbench.sqlite'))
    const id = store.datasets.ensure({ name: 'set', format: 'ucf101', folder: old })
    const files = ['A/1.avi', 'A/2.avi', 'A/3.avi']
    store.videos.write(
      id,
      files.map((path) => indexedVideo(path)),
    )
    renameSync(old, moved)
    await expect(relocateDataset(store, id, root)).rejects.toThrow(
      /3 of 3 videos of set are not in .*such as A\/1\.avi/,
    )
    expect(await relocateDataset(store, id, moved)).toEqual({ found: 2, missing: 1 })
    expect(store.datasets.get(id)).toMatchObject({ folder: moved, videos: 3 })
    const other = store.datasets.ensure({ name: 'other', format: 'ucf101', folder: root })
    await expect(relocateDataset(store, other, moved)).rejects.toThrow('is the folder of set')
    store.close()
  })
})

import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { relocateDataset, removeDataset } from '#main/datasets/care.ts'
import { Library } from '#main/library/library.ts'
import { Tagging } from '#main/library/tagging.ts'
import { Store } from '#main/store/store.ts'
import { indexedVideo, seedVideos } from '../library/seeded-store.ts'
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
    await removeDataset(store, gone)
    expect(store.datasets.list().map(({ id }) => id)).toEqual([kept])
    const facets = await library.facets({})
    expect(facets).toMatchObject({ total: 20, tags: [], datasets: [{ id: kept, count: 20 }] })
    expect(store.videos.count({})).toBe(20)
    await tagging.step('undo')
    await expect(removeDataset(store, gone)).rejects.toThrow('There is no data set')
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

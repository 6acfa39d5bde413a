import { createHash } from 'node:crypto'
import { copyFileSync, readFileSync, renameSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Prober } from '#main/datasets/index-pass.ts'
import { indexDataset } from '#main/datasets/indexer.ts'
import { Store } from '#main/store/store.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { writeTree } from './ucf101-tree.ts'

const temporaryFolder = temporaryFolders()
const names = ['a', 'b', 'c']

const prober: Prober = {
  probe: (path) =>
    Promise.resolve({
      frames: 9,
      fps: 25,
      width: 4,
      height: 2,
      duration: 1,
      codec: 'mpeg4',
      error: null,
      hash: createHash('md5').update(readFileSync(path)).digest('hex'),
    }),
}

it('lets rows follow files that swapped names, but not a copy', async () => {
  const folder = temporaryFolder()
  const file = (name: string) => join(folder, 'cats', `${name}.mp4`)
  writeTree(folder, Object.fromEntries(names.map((name) => [`cats/${name}.mp4`, name])))
  // Files that are written at once may have the same time.
  names.forEach((name, i) => utimesSync(file(name), 100 + i, 100 + i))
  const store = new Store(join(temporaryFolder(), 'workbench.sqlite'))
  const index = async () => {
    for await (const event of indexDataset({ store, decoder: prober, folder })) void event
    return store.videos.query({}).items.map(({ id }) => [id, store.videos.identity(id).hash])
  }
  const [a, b, c] = await index()
  renameSync(file('a'), file('away'))
  renameSync(file('b'), file('a'))
  renameSync(file('away'), file('b'))
  expect(await index()).toEqual([b, a, c])
  copyFileSync(file('a'), file('c'))
  expect(await index()).toEqual([b, a, [c[0], b[1]]])
  store.close()
})

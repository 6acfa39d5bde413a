import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isSampleSet, listDatasets } from '#main/datasets/sample-set/recognise-sample.ts'
import { writeSampleSet } from '#main/datasets/sample-set/write-sample-set.ts'
import { Store } from '#main/store/store.ts'
import { temporaryFolders } from '../../store/temporary-folder.ts'

const temporaryFolder = temporaryFolders()

describe('the sample set', () => {
  it('is known by the stamp that writing it leaves, whatever its folder is called', async () => {
    const root = join(temporaryFolder(), 'moves')
    const writing = writeSampleSet(root)
    // The stamp comes before the first video; the others are not needed here.
    await writing.next()
    await writing.return(undefined)
    expect(await isSampleSet(root)).toBe(true)
    renameSync(root, `${root}-elsewhere`)
    expect(await isSampleSet(`${root}-elsewhere`)).toBe(true)
    expect(await isSampleSet(root)).toBe(false)
  }, 120_000)

  it('is not any folder called sample, nor one with a stamp of another program', async () => {
    const root = join(temporaryFolder(), 'sample')
    mkdirSync(root)
    expect(await isSampleSet(root)).toBe(false)
    for (const text of ['{"name":"other"}', '[]', 'null', 'not JSON', '{"name":']) {
      writeFileSync(join(root, 'sample.json'), text)
      expect(await isSampleSet(root)).toBe(false)
    }
  })

  it('is told apart in the list of data sets', async () => {
    const folder = temporaryFolder()
    const store = new Store(join(folder, 'workbench.sqlite'))
    for (const name of ['moves', 'ucf']) {
      mkdirSync(join(folder, name))
      store.datasets.ensure({ name, format: 'ucf101', folder: join(folder, name) })
    }
    writeFileSync(join(folder, 'moves', 'sample.json'), '{"name":"FAME sample set","version":1}')
    const listed = await listDatasets(store)
    expect(listed.map(({ name, isSample }) => [name, isSample])).toEqual([
      ['moves', true],
      ['ucf', false],
    ])
    store.close()
  })
})

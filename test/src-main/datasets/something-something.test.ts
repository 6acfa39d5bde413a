import { describe, expect, it } from 'vitest'
import { listDataset, type ListedDataset } from '#main/datasets/formats.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { writeTree } from './ucf101-tree.ts'

const temporaryFolder = temporaryFolders()

const train = JSON.stringify([
  { id: '1', label: 'holding a cup', template: 'Holding [something]', placeholders: ['a cup'] },
  { id: 2, label: 'x', template: 'Moving [something] and [something] closer', placeholders: [] },
])
const tree: Record<string, string> = {
  '20bn-something-something-v2/1.webm': '',
  '20bn-something-something-v2/2.webm': '',
  '20bn-something-something-v2/3.webm': '',
  '20bn-something-something-v2/4.webm': '',
  'labels/train.json': train,
  'labels/validation.json': '[{"id":"3","label":"y","template":"Holding [something]"}]',
  'labels/test.json': '[{"id":"4"}]',
}

function listing(files: Record<string, string>, annotations?: string): Promise<ListedDataset> {
  const folder = temporaryFolder()
  writeTree(folder, files)
  return listDataset({ folder, format: 'something-something-v2', annotations })
}

function places({ videos }: ListedDataset): (string | null)[][] {
  return videos.map((video) => [video.class, video.split])
}

describe('a Something-Something V2 folder', () => {
  it('has classes from templates and splits from its lists', async () => {
    const listed = await listing(tree)
    expect(places(listed)).toEqual([
      ['Holding something', 'train'],
      ['Moving something and something closer', 'train'],
      ['Holding something', 'val'],
      [null, 'test'],
    ])
    expect(listed.warnings).toEqual([])
  })

  it("takes the test's classes from the answers", async () => {
    const listed = await listing({ ...tree, 'labels/test-answers.csv': '4;Holding something\n' })
    expect(places(listed)[3]).toEqual(['Holding something', 'test'])
  })

  it('may have its lists under their first names, or elsewhere', async () => {
    const annotations = temporaryFolder()
    writeTree(annotations, { 'something-something-v2-train.json': train })
    const listed = await listing({ '1.webm': '', '2.webm': '' }, annotations)
    expect(places(listed).map(([, split]) => split)).toEqual(['train', 'train'])
  })

  it('warns of what its lists get wrong, with file and line, and goes on', async () => {
    const listed = await listing({
      ...tree,
      'labels/train.json':
        '[\n{"id":"1","template":"A"},\n{"no":1},\n{"id":"9","template":"B"},\n{"id":"2"}]',
    })
    expect(listed.warnings).toEqual([
      expect.stringContaining('labels/train.json:3: expected an object with id and template'),
      'labels/train.json:5: video 2 has no template, so it has no class',
      'labels/train.json:4: 9 is not on disk',
    ])
  })

  it('has neither class nor split without lists, and says so', async () => {
    const listed = await listing({ 'videos/1.webm': '' })
    expect(places(listed)).toEqual([[null, null]])
    expect(listed.counts).toEqual({ unreadable: 1 })
  })
})

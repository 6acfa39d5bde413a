import { describe, expect, it } from 'vitest'
import { listDataset } from '#main/datasets/formats.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { writeTree } from './ucf101-tree.ts'

const temporaryFolder = temporaryFolders()

function sequences(folder: string, ending: string, names: readonly string[]) {
  const files = names.flatMap((name) =>
    Array.from({ length: 8 }, (_, i) => `${folder}/${name}/0000${i}.${ending}`),
  )
  return Object.fromEntries(files.map((file) => [file, '']))
}

const tree = {
  ...sequences('JPEGImages/480p', 'jpg', ['bear', 'bike-packing', 'camel']),
  ...sequences('JPEGImages/Full-Resolution', 'jpg', ['bear']),
  ...sequences('Annotations/480p', 'png', ['bear', 'bike-packing', 'camel']),
  'ImageSets/2016/val.txt': 'bear\n',
  'ImageSets/2017/train.txt': 'bear\n\n',
  'ImageSets/2017/val.txt': 'bike-packing\r\nnot there\ngone\n',
}

describe('a DAVIS folder', () => {
  it('is recognised; sequences have no class and the splits of 2017', async () => {
    const folder = temporaryFolder()
    writeTree(folder, tree)
    const { format, videos, warnings } = await listDataset({ folder })
    expect(format).toBe('davis')
    expect(videos).toEqual([
      { path: 'JPEGImages/480p/bear', class: null, split: 'train' },
      { path: 'JPEGImages/480p/bike-packing', class: null, split: 'test' },
      { path: 'JPEGImages/480p/camel', class: null, split: null },
    ])
    expect(warnings.join('\n')).toMatch(/val\.txt.*2.*not there/)
    expect(warnings.join('\n')).toMatch(/gone/)
    expect(warnings).toHaveLength(2)
  })

  it('without lists has sequences without a split, and says so', async () => {
    const folder = temporaryFolder()
    writeTree(folder, sequences('JPEGImages/480p', 'jpg', ['bear']))
    const { videos, warnings } = await listDataset({ folder, format: 'davis' })
    expect(videos).toEqual([{ path: 'JPEGImages/480p/bear', class: null, split: null }])
    expect(warnings.join('\n')).toContain('no lists train.txt and val.txt')
  })

  it('without sequences is refused with what was expected', async () => {
    const folder = temporaryFolder()
    writeTree(folder, { 'JPEGImages/480p/readme.txt': '', 'Annotations/480p/readme.txt': '' })
    await expect(listDataset({ folder })).rejects.toThrow(/no videos in DAVIS's layout/)
  })
})

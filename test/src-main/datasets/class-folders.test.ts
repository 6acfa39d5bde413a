import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listDataset } from '#main/datasets/formats.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { writeTree } from './ucf101-tree.ts'

const temporaryFolder = temporaryFolders()

function tree(files: Record<string, string>): string {
  const folder = temporaryFolder()
  writeTree(folder, files)
  return folder
}

describe('a folder of class folders', () => {
  const list = (folder: string) => listDataset({ folder, format: 'folder' })

  it('takes classes from folders, and from the folders above them the split', async () => {
    const folder = tree({
      'Train/cats/one.mov': '',
      'Train/cats/2024/two.MP4': '',
      'validation/cats/three.mkv': '',
      'test/dogs and so on (1)/four.mpeg': '',
    })
    const { videos, warnings } = await list(folder)
    expect(warnings).toEqual([])
    expect(videos.map((video) => [video.path, video.class, video.split])).toEqual([
      ['Train/cats/one.mov', 'cats', 'train'],
      ['Train/cats/2024/two.MP4', 'cats', 'train'],
      ['test/dogs and so on (1)/four.mpeg', 'dogs and so on (1)', 'test'],
      ['validation/cats/three.mkv', 'cats', 'val'],
    ])
  })

  it('may have a class called train', async () => {
    const { videos } = await list(tree({ 'train/one.mov': '', 'tram/two.mov': '' }))
    expect(videos.map((video) => [video.class, video.split])).toEqual([
      ['train', null],
      ['tram', null],
    ])
  })

  it('has videos without class outside of class folders, and says so', async () => {
    const folder = tree({ 'loose.mp4': '', 'train/cats/a.mp4': '', 'train/b.mp4': '' })
    const { videos, warnings, counts } = await list(folder)
    expect(videos).toEqual([
      { path: 'loose.mp4', class: null, split: null },
      { path: 'train/b.mp4', class: null, split: 'train' },
      { path: 'train/cats/a.mp4', class: 'cats', split: 'train' },
    ])
    expect(warnings).toEqual([
      `${folder}: videos outside class folders have no class: 1`,
      'train: videos outside class folders have no class: 1',
    ])
    expect(counts).toEqual({ class: 2 })
  })

  it('takes any name for a video’s, and leaves out hidden files and what is no video', async () => {
    const odd = ['a\nb.mp4', `${'x'.repeat(251)}.mp4`, '🎬 clip.avi', '-rf.mkv', '%20;#?&.webm']
    const folder = tree(Object.fromEntries(odd.map((name) => [`odd/${name}`, ''])))
    writeTree(folder, { 'odd/.part.mp4': '', 'odd/notes.txt': '', 'odd/Thumbs.db': '' })
    const { videos, counts } = await list(folder)
    expect(videos.map(({ path }) => path.slice(4))).toEqual(odd.toSorted())
    expect(counts).toEqual({ split: odd.length })
  })

  it.each(['ogv', 'WMV', 'flv', '3gp', 'gif', 'ts', 'mts', 'm2ts', 'vob', 'mxf', 'divx', 'y4m'])(
    'takes .%s for a video',
    async (ending) => {
      const folder = tree({ [`train/cats/one.${ending}`]: '' })
      expect((await list(folder)).videos).toHaveLength(1)
    },
  )

  it('counts every other file that it leaves out, with its ending', async () => {
    const folder = tree({
      'train/cats/one.mp4': '',
      'train/cats/frame1.jpg': '',
      'train/dogs/frame2.JPG': '',
      'train/dogs/sound.ogg': '',
      mp4: '',
    })
    const { warnings, counts } = await list(folder)
    expect(warnings).toEqual([
      'left out: files that are not videos: 4 (.jpg 2, without an ending 1, .ogg 1)',
    ])
    expect(counts).toEqual({ skipped: 4 })
  })

  it('says when no split can be told', async () => {
    const { warnings, counts } = await list(tree({ 'cats/one.mp4': '', 'dogs/two.mp4': '' }))
    expect(counts).toEqual({ split: 2 })
    expect(warnings[0]).toContain('no video has a split')
  })

  it('leaves out a video whose name is not UTF-8, and shows no raw bytes', async () => {
    const folder = tree({ 'train/cats/one.mp4': '', 'train/cats/\u001b[31mred.jpg': '' })
    const latin = Buffer.concat([Buffer.from(join(folder, 'train/cats/caf')), Buffer.from([0xe9])])
    writeFileSync(Buffer.concat([latin, Buffer.from('.mp4')]), '')
    writeFileSync(join(folder, 'train/cats/real \uFFFD.mp4'), '')
    const { videos, warnings } = await list(folder)
    expect(videos.map(({ path }) => basename(path))).toEqual(['one.mp4', 'real \uFFFD.mp4'])
    expect(warnings[0]).toMatch(/train\/cats\/caf\uFFFD\.mp4: the name is not UTF-8/)
    expect(warnings.join()).not.toContain('\u001b')
  })

  it('does not go into hidden folders, and says which', async () => {
    const bins = ['.Trash-1000', '.git', '@eaDir', '$RECYCLE.BIN']
    const folder = tree({ 'cats/one.mp4': '', 'cats/.part.mp4': '' })
    writeTree(folder, Object.fromEntries(bins.map((bin) => [`${bin}/cats/two.mp4`, ''])))
    writeTree(folder, { 'cats/@eaDir/one.mp4': '' })
    const { videos, hidden } = await list(folder)
    expect(videos.map(({ path }) => path)).toEqual(['cats/one.mp4'])
    expect(hidden.toSorted()).toEqual([...bins, 'cats/@eaDir'].toSorted())
  })

  it('follows links but not in circles, and lists a broken one, which is a video that cannot be read', async () => {
    const folder = tree({ 'cats/one.mov': '' })
    const elsewhere = tree({ 'two.mov': '' })
    symlinkSync(elsewhere, join(folder, 'dogs'))
    symlinkSync(join(elsewhere, 'two.mov'), join(folder, 'cats', 'linked.mov'))
    symlinkSync(join(elsewhere, 'gone.mov'), join(folder, 'cats', 'broken.mov'))
    symlinkSync(folder, join(folder, 'cats', 'circle'))
    const { videos } = await list(folder)
    expect(videos.map(({ path }) => path)).toEqual([
      'cats/broken.mov',
      'cats/linked.mov',
      'cats/one.mov',
      'dogs/two.mov',
    ])
  })

  it('has no lists', async () => {
    const folder = tree({ 'cats/one.mov': '' })
    const request = { folder, format: 'folder', annotations: folder } as const
    await expect(listDataset(request)).rejects.toThrow('has no lists')
  })

  it('is called like its folder, whichever way it is named', async () => {
    const folder = join(temporaryFolder(), 'My videos')
    mkdirSync(join(folder, 'cats'), { recursive: true })
    writeFileSync(join(folder, 'cats', 'one.mov'), '')
    const link = join(temporaryFolder(), 'link')
    symlinkSync(folder, link)
    expect((await list(link)).name).toBe('My videos')
    expect((await list(link)).folder).toBe((await list(`${folder}/`)).folder)
    expect(basename((await list(link)).folder)).toBe('My videos')
  })
})

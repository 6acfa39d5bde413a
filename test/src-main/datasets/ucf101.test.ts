import { mkdirSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseClassIndex, parseSplitList } from '#main/datasets/ucf101-lists.ts'
import { listDataset, type ListedDataset } from '#main/datasets/formats.ts'
import { Warnings } from '#main/datasets/warnings.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { smallTree, writeTree } from './ucf101-tree.ts'

const temporaryFolder = temporaryFolders()

function listUcf101(folder: string, splitList?: number): Promise<ListedDataset> {
  return listDataset({ folder, format: 'ucf101', splitList })
}

function treeWith(files: Record<string, string> = {}): string {
  const folder = temporaryFolder()
  writeTree(folder, { ...smallTree, ...files })
  return folder
}

describe('a UCF101 folder', () => {
  it('lists every video with class and split', async () => {
    const folder = treeWith()
    const listing = await listUcf101(folder)
    expect(listing).toEqual({
      name: basename(folder),
      folder,
      videos: [
        { path: 'UCF-101/Archery/v_Archery_g01_c01.avi', class: 'Archery', split: 'test' },
        { path: 'UCF-101/Archery/v_Archery_g02_c01.avi', class: 'Archery', split: 'train' },
        { path: 'UCF-101/Biking/v_Biking_g01_c01.avi', class: 'Biking', split: 'test' },
        { path: 'UCF-101/Biking/v_Biking_g02_c01.avi', class: 'Biking', split: 'train' },
      ],
      unread: [],
      hidden: [],
      warnings: [],
      counts: {},
      format: 'ucf101',
      annotations: null,
      splitList: 1,
      note: null,
    })
  })

  it('splits its videos as the chosen one of three lists has it', async () => {
    const folder = treeWith({
      'ucfTrainTestlist/trainlist03.txt': 'Archery/v_Archery_g01_c01.avi 1\r\n',
      'ucfTrainTestlist/testlist03.txt': 'Archery/v_Archery_g02_c01.avi\r\n',
    })
    const splits = async (list?: number) =>
      (await listUcf101(folder, list)).videos.map((video) => video.split)
    expect(await splits()).toEqual(['test', 'train', 'test', 'train'])
    expect(await splits(1)).toEqual(await splits())
    expect(await splits(3)).toEqual(['train', 'test', null, null])
    expect((await listUcf101(folder, 3)).warnings).toEqual([
      'UCF-101: videos that are in no list: 2, such as UCF-101/Biking/v_Biking_g01_c01.avi',
    ])
    expect((await listUcf101(folder, 2)).counts).toEqual({ unreadable: 2 })
  })

  it('may have its lists elsewhere', async () => {
    const folder = temporaryFolder()
    const elsewhere = temporaryFolder()
    writeTree(folder, { 'UCF-101/Archery/v_1.avi': 'a' })
    const request = { folder, format: 'ucf101', annotations: elsewhere } as const
    await expect(listDataset(request)).rejects.toThrow("has none of UCF101's lists")
    writeTree(elsewhere, {
      'classInd.txt': '1 Archery\n',
      'trainlist01.txt': 'Archery/v_1.avi 1\nArchery/v_2.avi 1\n',
      'testlist01.txt': '\n',
    })
    const { videos, warnings } = await listDataset(request)
    expect(videos).toEqual([{ path: 'UCF-101/Archery/v_1.avi', class: 'Archery', split: 'train' }])
    const list = join(elsewhere, 'trainlist01.txt')
    expect(warnings).toEqual([`${list}:2: Archery/v_2.avi is not on disk`])
  })

  it('is the same one whichever way it is named', async () => {
    const folder = treeWith()
    const link = join(temporaryFolder(), 'link')
    symlinkSync(folder, link)
    const listing = await listUcf101(folder)
    expect(await listUcf101(join(folder, 'UCF-101'))).toEqual(listing)
    expect(await listUcf101(link)).toEqual(listing)
  })

  it('may have class folders without UCF-101 around them', async () => {
    const folder = temporaryFolder()
    writeTree(folder, {
      'videos/Archery/v_1.avi': 'a',
      'ucfTrainTestlist/trainlist01.txt': 'Archery/v_1.avi 1\n',
    })
    const { videos } = await listUcf101(join(folder, 'videos'))
    expect(videos).toEqual([{ path: 'Archery/v_1.avi', class: 'Archery', split: 'train' }])
  })

  it('may be converted, renamed in case and punctuation, and lie flat', async () => {
    const lists = {
      'ucfTrainTestlist/classInd.txt': '1 ApplyEyeMakeup\n2 HandstandPushups\n',
      'ucfTrainTestlist/trainlist01.txt':
        '\uFEFFApplyEyeMakeup/v_ApplyEyeMakeup_g01_c01.avi 1\n' +
        'HandstandPushups/v_HandStandPushups_g01_c01.avi 2\n',
      'ucfTrainTestlist/testlist01.txt': 'HandstandPushups/v_HandStandPushups_g02_c01.avi\n',
    }
    const converted = temporaryFolder()
    writeTree(converted, {
      ...lists,
      'UCF-101/apply_eye_makeup/v_ApplyEyeMakeup_g01_c01.mp4': '',
      'UCF-101/HandStandPushups/V_HANDSTANDPUSHUPS_G01_C01.MKV': '',
      'UCF-101/HandStandPushups/v_HandStandPushups_g02_c01.webm': '',
    })
    const places = ({ videos }: ListedDataset) => videos.map((video) => [video.class, video.split])
    const right = [
      ['HandstandPushups', 'train'],
      ['HandstandPushups', 'test'],
      ['ApplyEyeMakeup', 'train'],
    ]
    const listing = await listUcf101(converted)
    expect(places(listing)).toEqual(right)
    expect(listing.warnings).toEqual([
      'UCF-101/HandStandPushups: read as class HandstandPushups of classInd.txt',
      'UCF-101/apply_eye_makeup: read as class ApplyEyeMakeup of classInd.txt',
    ])
    const flat = temporaryFolder()
    writeTree(flat, {
      ...lists,
      'UCF101/v_ApplyEyeMakeup_g01_c01.mp4': '',
      'UCF101/v_HandStandPushups_g01_c01.avi': '',
      'UCF101/v_HandStandPushups_g02_c01.avi': '',
    })
    expect(places(await listUcf101(flat))).toEqual([right[2], right[0], right[1]])
    expect(places(await listUcf101(join(flat, 'UCF101')))).toEqual([right[2], right[0], right[1]])
  })

  it('takes the same video in two containers for one listed twice, and says so', async () => {
    const folder = treeWith({ 'UCF-101/Archery/v_Archery_g01_c01.mp4': '' })
    expect((await listUcf101(folder)).warnings).toEqual([
      'UCF-101/Archery/v_Archery_g01_c01.mp4: the same video is also in ' +
        'UCF-101/Archery/v_Archery_g01_c01.avi',
    ])
  })

  it('warns of videos that its layout does not have', async () => {
    const folder = treeWith({
      'UCF-101/Archery/Archery_g03_c01.mp4': 'e',
      'UCF-101/Archery/clip.avi': 'f',
      'UCF-101/Archery/.v_Archery_g09_c01.7.part.avi': 'g',
    })
    const { videos, warnings } = await listUcf101(folder)
    expect(videos).toHaveLength(4)
    expect(warnings).toEqual([
      'UCF-101/Archery: videos that are not named <Class>/v_*.avi are left out: 2',
    ])
  })

  it('warns of what its lists get wrong, with file and line, and goes on', async () => {
    const folder = treeWith({
      'UCF-101/Diving/v_Diving_g01_c01.avi': 'e',
      'UCF-101/Diving/notes.txt': 'no video',
      'ucfTrainTestlist/classInd.txt': '1 Archery\nBiking\n2 Biking\n3 Archery\n',
      'ucfTrainTestlist/trainlist01.txt': [
        'Archery/v_Archery_g02_c01.avi 1',
        '',
        'Archery/v_Archery_g02_c01.avi 1',
        'just words',
        'Biking/v_Biking_g02_c01.avi 7',
        'Biking/v_Biking_g09_c01.avi 2',
        'Diving/v_Diving_g01_c01.avi 3',
      ].join('\n'),
      'ucfTrainTestlist/testlist01.txt':
        'Archery/v_Archery_g01_c01.avi\nArchery/v_Archery_g02_c01.avi\n',
    })
    const { videos, warnings, counts } = await listUcf101(folder)
    expect(warnings).toEqual([
      "ucfTrainTestlist/classInd.txt:2: expected '<number> <Class>', got 'Biking'",
      'ucfTrainTestlist/classInd.txt:4: class Archery is listed twice',
      'UCF-101/Diving: the class is not in classInd.txt',
      'ucfTrainTestlist/trainlist01.txt:3: Archery/v_Archery_g02_c01.avi is listed twice',
      "ucfTrainTestlist/trainlist01.txt:4: expected '<Class>/v_*.avi', got 'just words'",
      'ucfTrainTestlist/trainlist01.txt:5: class Biking has number 7 here and 2 in classInd.txt',
      'ucfTrainTestlist/trainlist01.txt:7: class Diving is not in classInd.txt',
      'ucfTrainTestlist/trainlist01.txt:6: Biking/v_Biking_g09_c01.avi is not on disk',
      'ucfTrainTestlist/testlist01.txt:2: Archery/v_Archery_g02_c01.avi is already in split train and stays there',
      'UCF-101: videos that are in no list: 1, such as UCF-101/Biking/v_Biking_g01_c01.avi',
    ])
    expect(counts).toEqual({ malformed: 2, duplicate: 3, class: 3, missing: 1, unlisted: 1 })
    expect(videos.map(({ path, split }) => [basename(path), split])).toEqual([
      ['v_Archery_g01_c01.avi', 'test'],
      ['v_Archery_g02_c01.avi', 'train'],
      ['v_Biking_g01_c01.avi', null],
      ['v_Biking_g02_c01.avi', 'train'],
      ['v_Diving_g01_c01.avi', 'train'],
    ])
  })

  it('has no splits without lists, and says so', async () => {
    const folder = temporaryFolder()
    writeTree(folder, { 'UCF-101/Archery/v_1.avi': 'a' })
    const { videos, warnings } = await listUcf101(folder)
    expect(videos.map((video) => video.split)).toEqual([null])
    expect(warnings).toEqual([expect.stringContaining('ucfTrainTestlist: there is no such folder')])
  })

  it('tells a list that is missing from one that is empty', async () => {
    const folder = temporaryFolder()
    writeTree(folder, { 'UCF-101/Archery/v_1.avi': 'a', 'ucfTrainTestlist/testlist01.txt': '' })
    const { warnings } = await listUcf101(folder)
    expect(warnings).toEqual([
      expect.stringContaining('classInd.txt: the list cannot be read'),
      expect.stringContaining('trainlist01.txt: the list cannot be read'),
    ])
  })

  it('is refused when it is not there or has no videos', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'UCF-101', 'Archery'), { recursive: true })
    await expect(listUcf101(folder)).rejects.toThrow('has no videos in UCF101')
    await expect(listUcf101(join(folder, 'elsewhere'))).rejects.toThrow('There is no folder')
  })
})

const className = fc.stringMatching(/^[A-Z][a-zA-Z]{0,9}$/)

describe('split lists', () => {
  it('read back what was written, under any line ending and blank lines', () => {
    const name = fc.tuple(className, fc.integer({ min: 1, max: 25 }))
    const names = fc.uniqueArray(name, { selector: String, maxLength: 20 })
    const ending = fc.constantFrom('\n', '\r\n', '\n\n', '\r')
    fc.assert(
      fc.property(names, ending, fc.boolean(), (list, end, marked) => {
        const paths = list.map(([name, group]) => `${name}/v_${name}_g${group}.avi`)
        const warnings = new Warnings()
        const text = (marked ? '\uFEFF' : '') + paths.map((path) => `${path} 1${end}`).join('')
        const entries = parseSplitList(text, 'list', null, warnings)
        expect(entries.map((entry) => entry.path)).toEqual(paths)
        expect(warnings.list()).toEqual([])
      }),
    )
  })

  it('never fail: each line of any text is an entry, a warning or blank', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 15 }), (lines) => {
        const text = lines.map((line) => line.replace(/[\r\n]/g, '')).join('\n')
        const content = text.split('\n').filter((line) => line.replace(/^\uFEFF/, '').trim() !== '')
        const warnings = new Warnings()
        const entries = parseSplitList(text, 'list', null, warnings)
        expect(entries.length + warnings.list().length).toBe(content.length)
        const classWarnings = new Warnings()
        const classes = parseClassIndex(text, 'classes', classWarnings)
        expect(classes.size + classWarnings.list().length).toBe(content.length)
      }),
    )
  })

  it('with very many faults tell the first ones and count the rest', () => {
    const warnings = new Warnings()
    parseClassIndex(Array.from({ length: 1000 }, () => 'fault').join('\n'), 'c.txt', warnings)
    expect(warnings.list()).toHaveLength(21)
    expect(warnings.list().at(-1)).toBe('c.txt: and 980 more like these')
  })
})

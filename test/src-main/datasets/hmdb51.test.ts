import { basename, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listDataset, type ListedDataset } from '#main/datasets/formats.ts'
import { parseHmdb51List } from '#main/datasets/hmdb51.ts'
import { videoKey } from '#main/datasets/names.ts'
import { Warnings } from '#main/datasets/warnings.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { writeTree } from './ucf101-tree.ts'

const temporaryFolder = temporaryFolders()

/** Names that HMDB51 really has, and one with spaces in it. */
const odd = {
  beach: '#122_Cleaning_Up_The_Beach_In_Chiba__Japan_pick_f_nm_np1_le_bad_2',
  smile: 'show_your_smile_-)_smile_h_nm_np1_fr_med_0',
  bang: '50_FIRST_DATES_pick_f_cm_np1_ba_med_19',
  spaces: 'a film (2007) & more; part 2!_pick_u_nm_np1_fr_goo_0',
}

/** Lines end in ' \r\n' and ' \n', as in the lists that are distributed. */
const tree: Record<string, string> = {
  [`pick/${odd.beach}.avi`]: '',
  [`pick/${odd.bang}.avi`]: '',
  [`pick/${odd.spaces}.avi`]: '',
  [`smile/${odd.smile}.avi`]: '',
  'testTrainMulti_7030_splits/pick_test_split1.txt': [
    `${odd.beach}.avi 1 `,
    `${odd.bang}.avi 2 `,
    `${odd.spaces}.avi 0 `,
    '',
  ].join('\n'),
  'testTrainMulti_7030_splits/pick_test_split2.txt': `${odd.beach}.avi 2 \n`,
  'testTrainMulti_7030_splits/smile_test_split1.txt': `\uFEFF${odd.smile}.avi 2 \r\n`,
  'testTrainMulti_7030_splits/smile_test_split2.txt': `${odd.smile}.avi 1 \r\n`,
}

function treeWith(files: Record<string, string> = {}): string {
  const folder = temporaryFolder()
  writeTree(folder, { ...tree, ...files })
  return folder
}

function list(folder: string, splitList?: number): Promise<ListedDataset> {
  return listDataset({ folder, format: 'hmdb51', splitList })
}

function splits({ videos }: ListedDataset): Record<string, string | null> {
  return Object.fromEntries(videos.map(({ path, split }) => [basename(path, '.avi'), split]))
}

describe('an HMDB51 folder', () => {
  it('lists every video with class and split, whatever its name', async () => {
    const folder = treeWith()
    const listing = await list(folder)
    expect(listing).toMatchObject({ name: basename(folder), folder, warnings: [], counts: {} })
    expect(listing.videos.map((video) => [video.path, video.class])).toEqual([
      [`pick/${odd.beach}.avi`, 'pick'],
      [`pick/${odd.bang}.avi`, 'pick'],
      [`pick/${odd.spaces}.avi`, 'pick'],
      [`smile/${odd.smile}.avi`, 'smile'],
    ])
    expect(splits(listing)).toEqual({
      [odd.beach]: 'train',
      [odd.bang]: 'test',
      [odd.spaces]: null,
      [odd.smile]: 'test',
    })
  })

  it('splits its videos as the chosen one of three lists has it', async () => {
    const folder = treeWith()
    expect(splits(await list(folder, 2))).toEqual({
      [odd.beach]: 'test',
      [odd.bang]: null,
      [odd.spaces]: null,
      [odd.smile]: 'train',
    })
    const third = await list(folder, 3)
    expect(new Set(Object.values(splits(third)))).toEqual(new Set([null]))
    expect(third.counts).toEqual({ class: 2 })
  })

  it.each(['hmdb51_org', 'videos'])('may have its class folders in %s', async (name) => {
    const folder = temporaryFolder()
    writeTree(folder, {
      [`${name}/pick/a_pick_f_nm_np1_le_bad_2.avi`]: '',
      'splits/pick_test_split1.txt': 'a_pick_f_nm_np1_le_bad_2.avi 1 \n',
    })
    const { videos, warnings } = await list(folder)
    expect(videos).toEqual([
      { path: `${name}/pick/a_pick_f_nm_np1_le_bad_2.avi`, class: 'pick', split: 'train' },
    ])
    expect(warnings).toEqual([])
    expect((await list(join(folder, name))).videos[0]).toMatchObject({ split: 'train' })
  })

  it('may have been converted to another container', async () => {
    const folder = temporaryFolder()
    writeTree(folder, { 'pick/a.mp4': '', 'splits/pick_test_split1.txt': 'a.avi 2 \n' })
    expect((await list(folder)).videos).toEqual([
      { path: 'pick/a.mp4', class: 'pick', split: 'test' },
    ])
  })

  it('may write its classes in another way than the lists, and says so', async () => {
    const folder = temporaryFolder()
    writeTree(folder, {
      'Kick_Ball/50_FIRST_DATES_kick_ball_f_cm_np1_ba_med_19.AVI': '',
      'Kick_Ball/new.avi': '',
      'testTrainMulti_7030_splits/kick_ball_test_split1.txt':
        '50_first_dates_kick_ball_f_cm_np1_ba_med_19.avi 1 \n',
    })
    const { videos, warnings } = await list(folder)
    expect(videos.map((video) => [video.class, video.split])).toEqual([
      ['kick_ball', 'train'],
      ['kick_ball', null],
    ])
    expect(warnings[0]).toContain('the folder Kick_Ball is read as class kick_ball')
  })

  it('warns of what its lists get wrong, with file and line, and goes on', async () => {
    const lists = 'testTrainMulti_7030_splits'
    const folder = treeWith({
      'wave/new_wave_f_nm_np1_le_bad_2.avi': '',
      'loose.avi': '',
      'pick/extra.avi': '',
      [`${lists}/pick_test_split1.txt`]: [
        `${odd.beach}.avi 1 `,
        `${odd.bang}.avi 3`,
        `${odd.beach}.avi 2 `,
        'gone.avi 1 ',
        '1',
        `${odd.beach}.avi 1 `,
        `${odd.spaces}.avi 0 `,
      ].join('\r\n'),
      [`${lists}/dive_test_split1.txt`]: 'who.avi 1 \n',
    })
    const { warnings, counts, videos } = await list(folder)
    expect(warnings).toEqual([
      expect.stringContaining('videos outside class folders are left out: 1'),
      `${lists}/dive_test_split1.txt: class dive has no folder`,
      `${lists}/pick_test_split1.txt:2: expected '<video> <0, 1 or 2>', got '${odd.bang}.avi 3'`,
      `${lists}/pick_test_split1.txt:5: expected '<video> <0, 1 or 2>', got '1'`,
      'wave: the class has no list wave_test_split1.txt',
      `${lists}/dive_test_split1.txt:1: dive/who.avi is not on disk`,
      `${lists}/pick_test_split1.txt:3: pick/${odd.beach}.avi is already in split train and stays there`,
      `${lists}/pick_test_split1.txt:6: pick/${odd.beach}.avi is already listed in ${lists}/pick_test_split1.txt:1`,
      `${lists}/pick_test_split1.txt:4: pick/gone.avi is not on disk`,
      expect.stringContaining('videos that are in no list: 3'),
    ])
    expect(counts).toEqual({
      skipped: 1,
      class: 2,
      malformed: 2,
      missing: 2,
      duplicate: 2,
      unlisted: 3,
    })
    expect(videos).toHaveLength(6)
  })

  it('has no splits without lists, and says so', async () => {
    const folder = temporaryFolder()
    writeTree(folder, { 'pick/a.avi': '' })
    const { videos, counts } = await list(folder)
    expect(videos).toEqual([{ path: 'pick/a.avi', class: 'pick', split: null }])
    expect(counts).toEqual({ unreadable: 1 })
    const wrong = { folder, format: 'hmdb51', annotations: folder } as const
    await expect(listDataset(wrong)).rejects.toThrow("has none of HMDB51's lists")
  })
})

describe('lists of HMDB51', () => {
  it('read back what was written, under any line ending', () => {
    const name = fc.stringMatching(/^[#\w][\w #()&;!.'-]{0,20}[\w)]$/)
    const line = fc.tuple(name, fc.constantFrom('0', '1', '2'))
    const ending = fc.constantFrom('\n', ' \r\n', ' \n\n', '\r')
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), ending, (lines, end) => {
        const warnings = new Warnings()
        const text = lines.map(([video, number]) => `${video}.avi ${number}${end}`).join('')
        const entries = parseHmdb51List(text, 'pick', 'list', warnings)
        expect(entries.map(({ key, split }) => [key, split])).toEqual(
          lines.map(([video, number]) => [
            videoKey('pick', `${video}.mp4`),
            { 0: null, 1: 'train', 2: 'test' }[number],
          ]),
        )
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
        const entries = parseHmdb51List(text, 'pick', 'list', warnings)
        expect(entries.length + (warnings.counts.malformed ?? 0)).toBe(content.length)
      }),
    )
  })
})

import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDiving48List, parseVocabulary } from '#main/datasets/diving48-lists.ts'
import { listDataset, type ListedDataset } from '#main/datasets/formats.ts'
import { jsonItems } from '#main/datasets/json-items.ts'
import { Warnings } from '#main/datasets/warnings.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { writeTree } from './ucf101-tree.ts'

const temporaryFolder = temporaryFolders()

/** Indented as the file that is distributed. */
const vocabulary = JSON.stringify(
  [
    ['Back', '15som', '05Twis', 'FREE'],
    ['Back', '15som', '15Twis', 'FREE'],
    ['Inward', 'Dive', 'NoTwis', 'PIKE'],
  ],
  null,
  2,
)

function dives(...labels: [string, number][]): string {
  const list = labels.map(([vid_name, label]) => ({
    vid_name,
    label,
    start_frame: 0,
    end_frame: 48,
  }))
  return JSON.stringify(list)
}

/** Ids begin with - and _ as well, and V1 and V2 contradict each other. */
const tree: Record<string, string> = {
  'rgb/-mmq0PT-u8k_00155.mp4': '',
  'rgb/2x00lRzlTVQ_00000.mp4': '',
  'rgb/_8Vy3dlHg2w_00000.mp4': '',
  'Diving48_vocab.json': `\uFEFF${vocabulary}`,
  'Diving48_V2_train.json': dives(['-mmq0PT-u8k_00155', 2], ['_8Vy3dlHg2w_00000', 0]),
  'Diving48_V2_test.json': dives(['2x00lRzlTVQ_00000', 1]),
  'Diving48_train.json': dives(['-mmq0PT-u8k_00155', 1], ['2x00lRzlTVQ_00000', 1]),
  'Diving48_test.json': dives(['_8Vy3dlHg2w_00000', 0]),
}

function list(folder: string, format: 'diving48' | 'diving48-v1'): Promise<ListedDataset> {
  return listDataset({ folder, format })
}

function places({ videos }: ListedDataset): (string | null)[][] {
  return videos.map((video) => [video.path, video.class, video.split])
}

describe('a Diving48 folder', () => {
  it('lists every dive with its class in words and its split, by the labels of V2 or V1', async () => {
    const folder = temporaryFolder()
    writeTree(folder, tree)
    const second = await list(folder, 'diving48')
    expect(second.warnings).toEqual([])
    expect(places(second)).toEqual([
      ['rgb/-mmq0PT-u8k_00155.mp4', 'Inward Dive NoTwis PIKE', 'train'],
      ['rgb/2x00lRzlTVQ_00000.mp4', 'Back 15som 15Twis FREE', 'test'],
      ['rgb/_8Vy3dlHg2w_00000.mp4', 'Back 15som 05Twis FREE', 'train'],
    ])
    expect(places(await list(folder, 'diving48-v1'))).toEqual([
      ['rgb/-mmq0PT-u8k_00155.mp4', 'Back 15som 15Twis FREE', 'train'],
      ['rgb/2x00lRzlTVQ_00000.mp4', 'Back 15som 15Twis FREE', 'train'],
      ['rgb/_8Vy3dlHg2w_00000.mp4', 'Back 15som 05Twis FREE', 'test'],
    ])
  })

  it('is the same one when the folder of its videos is chosen', async () => {
    const folder = temporaryFolder()
    writeTree(folder, tree)
    const { videos } = await list(join(folder, 'rgb'), 'diving48')
    expect(videos[0]).toEqual({
      path: '-mmq0PT-u8k_00155.mp4',
      class: 'Inward Dive NoTwis PIKE',
      split: 'train',
    })
  })

  it('warns of what its lists get wrong, with file and line, and goes on', async () => {
    const folder = temporaryFolder()
    writeTree(folder, {
      ...tree,
      'rgb/2x00lRzlTVQ_00000.webm': '',
      'Diving48_V2_train.json': [
        '[',
        '  {"vid_name": "-mmq0PT-u8k_00155", "label": 2},',
        '  {"vid_name": "-mmq0PT-u8k_00155",',
        '   "label": 1},',
        '  {"vid_name": "_8Vy3dlHg2w_00000", "label": 48},',
        '  {"vid_name": "gone_, ]}_00000", "label": 0},',
        '  {"vid_name": 5, "label": 0},',
        '  oops,',
        '  {"label": "2"}',
        ']',
      ].join('\r\n'),
    })
    const { warnings, counts, videos } = await list(folder, 'diving48')
    const train = 'Diving48_V2_train.json'
    const expected = 'expected an object with vid_name and label, got'
    expect(warnings).toEqual([
      'rgb/2x00lRzlTVQ_00000.webm: the same video exists twice',
      `${train}:5: class 48 is not in Diving48_vocab.json`,
      `${train}:7: ${expected} '{"vid_name": 5, "label": 0}'`,
      `${train}:8: ${expected} 'oops'`,
      `${train}:9: ${expected} '{"label": "2"}'`,
      `${train}:3: -mmq0PT-u8k_00155 is already listed in ${train}:2`,
      `${train}:6: gone_, ]}_00000 is not on disk`,
    ])
    expect(counts).toEqual({ duplicate: 2, class: 1, malformed: 3, missing: 1 })
    expect(videos.map((video) => video.class)).toEqual([
      'Inward Dive NoTwis PIKE',
      'Back 15som 15Twis FREE',
      'Back 15som 15Twis FREE',
      'class 48',
    ])
  })

  it.each([
    { name: 'Diving48_V2_train.json', text: '{"vid_name": "a"}', says: ':1: expected an array' },
    { name: 'Diving48_V2_train.json', text: '', says: ':1: expected an array' },
    { name: 'Diving48_vocab.json', text: 'null', says: ':1: expected an array of classes' },
  ])('takes $name with $text for malformed', async ({ name, text, says }) => {
    const folder = temporaryFolder()
    writeTree(folder, { ...tree, [name]: text })
    const { warnings, videos } = await list(folder, 'diving48')
    expect(warnings[0]).toContain(name + says)
    expect(videos).toHaveLength(3)
    expect(videos[1].split).toBe('test')
  })

  it('has neither class nor split without lists, and says so', async () => {
    const folder = temporaryFolder()
    writeTree(folder, { 'rgb/2x00lRzlTVQ_00000.mp4': '' })
    const { videos, counts } = await list(folder, 'diving48')
    expect(videos).toEqual([{ path: 'rgb/2x00lRzlTVQ_00000.mp4', class: null, split: null }])
    expect(counts).toEqual({ unreadable: 1 })
    const wrong = { folder, format: 'diving48', annotations: join(folder, 'rgb') } as const
    await expect(listDataset(wrong)).rejects.toThrow('has no Diving48_V2_train.json')
  })
})

describe('elements of a JSON array', () => {
  const array = fc.array(fc.jsonValue(), { maxLength: 12 })

  it('are those that JSON itself reads, each on the line on which it begins', () => {
    fc.assert(
      fc.property(array, fc.constantFrom(0, 1, '\t'), (values, indent) => {
        const text = JSON.stringify(values, null, indent)
        const items = jsonItems(text)!
        expect(items.map((item) => JSON.parse(item.text) as unknown)).toEqual(
          values.map((value) => JSON.parse(JSON.stringify(value)) as unknown),
        )
        const lines = text.split('\n')
        for (const { text: own, line } of items) {
          expect(lines[line - 1]).toContain(own.split('\n')[0])
        }
      }),
    )
  })

  it('never fail, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const warnings = new Warnings()
        parseVocabulary(text, 'vocabulary', warnings)
        const lists = { split: 'train', label: 'list', classes: null } as const
        const count = parseDiving48List(`[${text}`, lists, warnings).length
        expect(count).toBe(0)
      }),
    )
  })
})

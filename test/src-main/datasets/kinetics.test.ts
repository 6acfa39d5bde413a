import { basename, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCsv } from '#main/datasets/csv.ts'
import { listDataset, type ListedDataset } from '#main/datasets/formats.ts'
import { parseKineticsList } from '#main/datasets/kinetics-lists.ts'
import { splitWithinName } from '#main/datasets/split-names.ts'
import { Warnings } from '#main/datasets/warnings.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { writeTree } from './ucf101-tree.ts'

const temporaryFolder = temporaryFolders()
const header = 'label,youtube_id,time_start,time_end,split'

function list(folder: string, annotations?: string): Promise<ListedDataset> {
  return listDataset({ folder, format: 'kinetics', annotations })
}

function tree(files: Record<string, string>): string {
  const folder = temporaryFolder()
  writeTree(folder, files)
  return folder
}

function places({ videos }: ListedDataset): (string | null)[][] {
  return videos.map((video) => [video.path, video.class, video.split])
}

describe('a Kinetics folder', () => {
  it('may be flat, with lists of Kinetics-400 and labels in quotes', async () => {
    const folder = tree({
      '---0dWlqevI_000019_000029.mp4': '',
      '_dbcJuKJQNs_000040_000050.mp4': '',
      '0IErS_cisng_000007_000017.mp4': '',
      'abcDEF-1234_000120_000130.webm': '',
      'train.csv': [
        `\uFEFF${header},is_cc`,
        '"clay pottery making",---0dWlqevI,19,29,train,0',
        '"shooting goal (soccer)",0IErS_cisng,7.0,17.0,train,0',
        '',
      ].join('\r\n'),
      'validate.csv': `${header},is_cc\n"cooking, ""slowly""",_dbcJuKJQNs,40,50,validate,0\n`,
      'test.csv': 'youtube_id,time_start,time_end,split\nabcDEF-1234,120,130,test\n',
      'classes.csv': 'id,name\n0,abseiling\n',
    })
    const listing = await list(folder)
    expect(listing.warnings).toEqual([])
    expect(places(listing)).toEqual([
      ['---0dWlqevI_000019_000029.mp4', 'clay pottery making', 'train'],
      ['0IErS_cisng_000007_000017.mp4', 'shooting goal (soccer)', 'train'],
      ['_dbcJuKJQNs_000040_000050.mp4', 'cooking, "slowly"', 'val'],
      ['abcDEF-1234_000120_000130.webm', null, 'test'],
    ])
  })

  it('may have class folders below splits, whose names are written in their own way', async () => {
    const folder = tree({
      'train/training_dog/---QUuC4vJs_000084_000094.mp4': '',
      'val/washing feet/--GkrdYZ9Tc_000000_000010.mp4': '',
      'replacement/--nQbRBEz2s_000104_000114.mp4': '',
      'annotations/train.csv': `${header}\ntraining dog,---QUuC4vJs,84,94,train\nair drumming,--nQbRBEz2s,104,114,train\n`,
      'annotations/val.csv': `${header}\nwashing feet,--GkrdYZ9Tc,0,10,val\n`,
    })
    const listing = await list(folder)
    expect(listing.warnings).toEqual([])
    expect(places(listing)).toEqual([
      ['replacement/--nQbRBEz2s_000104_000114.mp4', 'air drumming', 'train'],
      ['train/training_dog/---QUuC4vJs_000084_000094.mp4', 'training dog', 'train'],
      ['val/washing feet/--GkrdYZ9Tc_000000_000010.mp4', 'washing feet', 'val'],
    ])
  })

  it('is told by its folders where there are no lists', async () => {
    const folder = tree({
      'kinetics_400_train/training dog/---QUuC4vJs_000084_000094.mp4': '',
      'val_256/washing_feet/--GkrdYZ9Tc_000000_000010.mp4': '',
      'test/--nQbRBEz2s_000104_000114.mp4': '',
    })
    const listing = await list(folder)
    expect(listing.warnings).toEqual([])
    expect(places(listing)).toEqual([
      ['kinetics_400_train/training dog/---QUuC4vJs_000084_000094.mp4', 'training dog', 'train'],
      ['test/--nQbRBEz2s_000104_000114.mp4', null, 'test'],
      ['val_256/washing_feet/--GkrdYZ9Tc_000000_000010.mp4', 'washing_feet', 'val'],
    ])
  })

  it('may have its lists elsewhere', async () => {
    const folder = tree({ '---QUuC4vJs_000084_000094.mp4': '' })
    const elsewhere = tree({ 'notes.txt': '' })
    await expect(list(folder, elsewhere)).rejects.toThrow('has no list of Kinetics')
    writeTree(elsewhere, {
      'k.csv': `${header}\ntestifying,---QUuC4vJs,84,94,validate\nx,gone0000000,1,2,train\n`,
    })
    const listing = await list(folder, elsewhere)
    expect(places(listing)).toEqual([['---QUuC4vJs_000084_000094.mp4', 'testifying', 'val']])
    expect(listing.warnings).toEqual([
      `${join(elsewhere, 'k.csv')}:3: gone0000000_000001_000002 is not on disk`,
    ])
  })

  it('warns of what lists and folders get wrong, with file and line, and goes on', async () => {
    const folder = tree({
      'abseiling/aaaaaaaaaaa_000001_000011.mp4': '',
      'abseiling/bbbbbbbbbbb_000001_000011.mp4': '',
      'replacement/aaaaaaaaaaa_000001_000011.mp4': '',
      'juggling/ccccccccccc_000001_000011.mp4': '',
      'yodelling/ddddddddddd_000001_000011.mp4': '',
      'train.csv': [
        header,
        'abseiling,aaaaaaaaaaa,1,11,train',
        'juggling,bbbbbbbbbbb,1,11,train',
        '"abseiling,ccccccccccc,1,11,train',
        'abseiling,eeeeeeeeeee,eleven,12,train',
        'abseiling,eeeeeeeeeee,12,11,train',
        'abseiling,eeeeeeeeeee,1,11',
        'abseiling,,1,11,train',
        'abseiling,eeeeeeeeeee,1,11,holiday',
        'abseiling,aaaaaaaaaaa,1,11,val',
        'juggling,ccccccccccc,1,11,holdout',
        '"abseiling",eeeeeeeeeee,1,11,train',
      ].join('\n'),
    })
    const listing = await list(folder)
    expect(listing.warnings).toEqual([
      'replacement/aaaaaaaaaaa_000001_000011.mp4: the same clip is also in abseiling/aaaaaaaaaaa_000001_000011.mp4',
      `train.csv:4: expected quotes that are closed, got '"abseiling,ccccccccccc,1,11,train'`,
      `train.csv:5: expected times in seconds, got 'abseiling,eeeeeeeeeee,eleven,12,train'`,
      `train.csv:6: expected times in seconds, got 'abseiling,eeeeeeeeeee,12,11,train'`,
      `train.csv:7: expected 5 fields, not 4, got 'abseiling,eeeeeeeeeee,1,11'`,
      `train.csv:8: expected a youtube_id, got 'abseiling,,1,11,train'`,
      `train.csv:9: expected the split train, val or test, got 'abseiling,eeeeeeeeeee,1,11,holiday'`,
      'yodelling: no list has this class',
      'train.csv:10: aaaaaaaaaaa_000001_000011 is already in split train and stays there',
      'train.csv:12: eeeeeeeeeee_000001_000011 is not on disk',
      'train.csv:3: abseiling/bbbbbbbbbbb_000001_000011.mp4 is in abseiling but has class juggling in the list; the list counts',
      `${basename(folder)}: videos that are in no list: 1, such as yodelling/ddddddddddd_000001_000011.mp4`,
    ])
    expect(listing.counts).toEqual({
      duplicate: 2,
      malformed: 6,
      class: 2,
      missing: 1,
      unlisted: 1,
    })
    expect(places(listing)).toEqual([
      ['abseiling/aaaaaaaaaaa_000001_000011.mp4', 'abseiling', 'train'],
      ['abseiling/bbbbbbbbbbb_000001_000011.mp4', 'juggling', 'train'],
      ['juggling/ccccccccccc_000001_000011.mp4', 'juggling', null],
      ['replacement/aaaaaaaaaaa_000001_000011.mp4', 'abseiling', 'train'],
      ['yodelling/ddddddddddd_000001_000011.mp4', 'yodelling', null],
    ])
  })
})

describe('lists of Kinetics', () => {
  const row = fc.record({
    label: fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() === text),
    id: fc.stringMatching(/^[\w-]{11}$/),
    start: fc.integer({ min: 0, max: 99_999 }),
    split: fc.constantFrom('train', 'val', 'test'),
  })

  it('read back what was written, under any line ending', () => {
    const ending = fc.constantFrom('\n', '\r\n', '\r')
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), ending, (rows, end) => {
        const lines = rows.map(({ label, id, start, split }) =>
          [`"${label.replaceAll('"', '""')}"`, id, start, start + 10, split].join(','),
        )
        const warnings = new Warnings()
        const text = [header, ...lines].map((line) => line + end).join('')
        const entries = parseKineticsList(text, { label: 'list', fallback: null }, warnings)
        expect(warnings.list()).toEqual([])
        expect(entries.map((entry) => [entry.key, entry.class, entry.split])).toEqual(
          rows.map(({ label, id, start, split }) => {
            const [from, to] = [start, start + 10].map((time) => String(time).padStart(6, '0'))
            return [`${id}_${from}_${to}`, label, split]
          }),
        )
      }),
    )
  })

  it('never fail: each line without quotes is an entry, a warning or blank', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 15 }), (lines) => {
        const plain = lines.map((line) => line.replace(/[\r\n"]/g, ''))
        const content = plain.filter((line) => line.includes(',') || line.trim() !== '')
        const warnings = new Warnings()
        const text = [header, ...plain].join('\n')
        const entries = parseKineticsList(text, { label: 'list', fallback: null }, warnings)
        expect(entries.length + (warnings.counts.malformed ?? 0)).toBe(content.length)
      }),
    )
  })
})

describe('CSV', () => {
  it('comes apart into the fields that were joined, with their lines', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ' ', ',', '"', '\n', '\r', 'ü') })
    const fields = fc.array(field, { minLength: 2, maxLength: 5 })
    fc.assert(
      fc.property(fc.array(fields, { maxLength: 8 }), (records) => {
        const quote = (value: string): string => `"${value.replaceAll('"', '""')}"`
        const lines = records.map((values) => values.map(quote).join(','))
        const read = [...parseCsv(lines.join('\n'))]
        expect(read.map((record) => record.fields)).toEqual(records)
        let line = 1
        for (const [i, record] of read.entries()) {
          expect(record.line).toBe(line)
          line += lines[i].split(/\r\n|\n|\r/).length
        }
      }),
    )
  })

  it('loses only the line in which a quote is not closed', () => {
    const records = [...parseCsv('a,"b\nc,"d"e\n"f, g",h\n"i')]
    expect(records).toEqual([
      { fields: ['a', '"b'], line: 1, wellFormed: false },
      { fields: ['c', '"d"e'], line: 2, wellFormed: false },
      { fields: ['f, g', 'h'], line: 3, wellFormed: true },
      { fields: ['"i'], line: 4, wellFormed: false },
    ])
  })
})

it.each([
  ['train', 'train'],
  ['kinetics_400_train', 'train'],
  ['kinetics400-val', 'val'],
  ['k600_validate', 'val'],
  ['val_256', 'val'],
  ['tiny_test', 'test'],
  ['training dog', null],
  ['training_dog', null],
  ['testifying', null],
  ['contact juggling', null],
])('takes a folder called %s for the split %s', (name, split) => {
  expect(splitWithinName(name)).toBe(split)
})

import { describe, expect, it } from 'vitest'
import { delimiterOf, parseCsv } from '#main/datasets/csv.ts'
import { decodeList } from '#main/datasets/list-text.ts'
import { listDataset } from '#main/datasets/formats.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { writeTree } from './ucf101-tree.ts'

const temporaryFolder = temporaryFolders()
const text = 'label,youtube_id,time_start,time_end,split\ncafé,abcdefghijk,0,10,train\n'

function utf16(big: boolean, mark: boolean): Buffer {
  const bytes = Buffer.from(mark ? `\uFEFF${text}` : text, 'utf16le')
  return big ? bytes.swap16() : bytes
}

describe('the text of a list', () => {
  it.each([
    { name: 'UTF-8', bytes: Buffer.from(text), assumed: null },
    { name: 'UTF-8 with a mark', bytes: Buffer.from(`\uFEFF${text}`), assumed: null },
    { name: 'UTF-16 LE with a mark', bytes: utf16(false, true), assumed: null },
    { name: 'UTF-16 BE with a mark', bytes: utf16(true, true), assumed: null },
    { name: 'UTF-16 LE', bytes: utf16(false, false), assumed: 'UTF-16LE' },
    { name: 'UTF-16 BE', bytes: utf16(true, false), assumed: 'UTF-16BE' },
    { name: 'Windows-1252', bytes: Buffer.from(text, 'latin1'), assumed: 'Windows-1252' },
  ])('is read from $name', ({ bytes, assumed }) => {
    expect(decodeList(bytes)).toEqual({ text, assumed })
  })

  it('never fails, whatever the bytes', () => {
    for (let length = 0; length < 8; length++) {
      expect(typeof decodeList(new Uint8Array(length).fill(0xff)).text).toBe('string')
      expect(typeof decodeList(new Uint8Array(length)).text).toBe('string')
    }
  })
})

describe('a Kinetics list', () => {
  it.each([
    { name: 'UTF-16', bytes: utf16(false, true), warnings: [] },
    { name: 'semicolons', bytes: Buffer.from(text.replaceAll(',', ';')), warnings: [] },
    { name: 'tabs', bytes: Buffer.from(text.replaceAll(',', '\t')), warnings: [] },
    {
      name: 'Windows-1252',
      bytes: Buffer.from(text, 'latin1'),
      warnings: [expect.stringContaining('train.csv: the list is not UTF-8 and was read as')],
    },
  ])('in $name is read', async ({ bytes, warnings }) => {
    const folder = temporaryFolder()
    writeTree(folder, { 'abcdefghijk_000000_000010.mp4': '', 'train.csv': bytes })
    const listed = await listDataset({ folder })
    expect(listed.format).toBe('kinetics')
    expect(listed.videos).toEqual([
      { path: 'abcdefghijk_000000_000010.mp4', class: 'café', split: 'train' },
    ])
    expect(listed.warnings).toEqual(warnings)
  })

  it('as mmaction2 has it gives paths the class of their folder or of the list of names', async () => {
    const files = {
      'videos_train/a/abcdefghij1_000000_000010.mp4': '',
      'videos_val/b/abcdefghij2_000000_000010.mp4': '',
      'kinetics400_train_list_videos.txt': 'a/abcdefghij1_000000_000010.mp4 0\n',
      'kinetics400_val_list_rawframes.txt': 'b/abcdefghij2_000000_000010 300 1\nbad line\n',
    }
    const folder = temporaryFolder()
    writeTree(folder, files)
    const plain = await listDataset({ folder })
    expect(plain.videos.map((video) => [video.class, video.split])).toEqual([
      ['a', 'train'],
      ['b', 'val'],
    ])
    expect(plain.warnings).toEqual([
      "kinetics400_val_list_rawframes.txt:2: expected '<path> <class number>', got 'bad line'",
    ])
    writeTree(folder, { 'label_map_k400.txt': 'air drumming\nbowling\n' })
    const named = await listDataset({ folder })
    expect(named.videos.map((video) => video.class)).toEqual(['air drumming', 'bowling'])
  })
})

it('the delimiter of a header is the one that it has most of', () => {
  expect(delimiterOf('a,b,c\n1;2;3;4;5')).toBe(',')
  expect(delimiterOf('a;b;c,d')).toBe(';')
  expect(delimiterOf('one')).toBe(',')
  const [{ fields }] = parseCsv('"a;b";c', ';')
  expect(fields).toEqual(['a;b', 'c'])
})

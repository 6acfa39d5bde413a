import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { datasetFormats, describeWarnings } from '#shared/contract/indexing.ts'
import { listDataset } from '#main/datasets/formats.ts'
import { temporaryFolders } from '../store/temporary-folder.ts'
import { smallTree, writeTree } from './ucf101-tree.ts'

const temporaryFolder = temporaryFolders()

function tree(files: Record<string, string>): string {
  const folder = temporaryFolder()
  writeTree(folder, files)
  return folder
}

const clip = 'a_pick_f_nm_np1_le_bad_2.avi'

type Files = Record<string, string>

describe('a folder without a format', () => {
  it.each<{ files: Files; format: string; why: string }>([
    { files: smallTree, format: 'ucf101', why: 'UCF101: it has the folder UCF-101' },
    {
      files: { 'Archery/v_Archery_g01_c01.avi': '' },
      format: 'ucf101',
      why: 'its videos have names like v_Archery_g01_c01.avi',
    },
    {
      files: { 'pick/a.avi': '', 'testTrainMulti_7030_splits/pick_test_split1.txt': '' },
      format: 'hmdb51',
      why: 'has lists such as pick_test_split1.txt',
    },
    { files: { [`pick/${clip}`]: '' }, format: 'hmdb51', why: `names like ${clip}` },
    {
      files: { 'rgb/a.mp4': '', 'Diving48_V2_train.json': '[]', 'Diving48_train.json': '[]' },
      format: 'diving48',
      why: 'has Diving48_V2_train.json',
    },
    {
      files: { 'rgb/a.mp4': '', 'annotations/Diving48_test.json': '[]' },
      format: 'diving48-v1',
      why: 'has Diving48_train.json',
    },
    {
      files: { 'rgb/-mmq0PT-u8k_00155.mp4': '' },
      format: 'diving48',
      why: 'names like -mmq0PT-u8k_00155.mp4',
    },
    {
      files: { 'a.mp4': '', 'train.csv': 'label,youtube_id,time_start,time_end,split\n' },
      format: 'kinetics',
      why: 'train.csv is a list of YouTube clips',
    },
    {
      files: { 'val/air drumming/--nQbRBEz2s_000104_000114.mp4': '' },
      format: 'kinetics',
      why: 'names like --nQbRBEz2s_000104_000114.mp4',
    },
    { files: { [`videos/pick/${clip}`]: '' }, format: 'hmdb51', why: `names like ${clip}` },
    { files: { 'Kick/a.avi': '', 'kick_test_split1.txt': '' }, format: 'hmdb51', why: 'has lists' },
    {
      files: { 'Archery/v_Archery_g01_c01.mp4': '' },
      format: 'ucf101',
      why: 'its videos have names like v_Archery_g01_c01.mp4',
    },
    {
      files: { 'v_Archery_g01_c01.avi': '' },
      format: 'ucf101',
      why: 'its videos have names like v_Archery_g01_c01.avi',
    },
    {
      files: {
        'videos_train/abseiling/a.mp4': '',
        'kinetics400_train_list_videos.txt': 'abseiling/abc_efg-ijk_000000_000010.mp4 0\n',
      },
      format: 'kinetics',
      why: 'kinetics400_train_list_videos.txt is a list',
    },
    {
      files: {
        '20bn-something-something-v2/1.webm': '',
        'labels/train.json': '[{"id":"1","label":"a b","template":"a [something]"}]',
      },
      format: 'something-something-v2',
      why: 'train.json lists videos with templates',
    },
    {
      files: { 'loose.mp4': '', 'train/cats/one.mov': '', 'val/cats/two.mov': '' },
      format: 'folder',
      why: 'class folders, such as train/cats/one.mov',
    },
    {
      files: { 'cats/one.mov': '', 'dogs/two.mkv': '' },
      format: 'folder',
      why: 'class folders, such as cats/one.mov',
    },
  ])('is recognised as $format, since $why', async ({ files, format, why }) => {
    const listing = await listDataset({ folder: tree(files) })
    expect(listing.format).toBe(format)
    expect(listing.note).toContain('Recognised')
    expect(listing.note).toContain(why)
  })

  it('is recognised by the lists that are named', async () => {
    const folder = tree({ 'pick/a.avi': '' })
    const annotations = tree({ 'pick_test_split1.txt': 'a.avi 1 \n' })
    const { format, videos } = await listDataset({ folder, annotations })
    expect([format, videos]).toEqual([
      'hmdb51',
      [{ path: 'pick/a.avi', class: 'pick', split: 'train' }],
    ])
  })

  it('is refused when it may be more than one', async () => {
    const folder = tree({ ...smallTree, 'pick_test_split1.txt': '' })
    await expect(listDataset({ folder })).rejects.toThrow(
      /UCF101 \(ucf101\), because it has the folder UCF-101; HMDB51 \(hmdb51\), because .* Choose/,
    )
    expect((await listDataset({ folder, format: 'ucf101' })).note).toBeNull()
  })

  it.each<{ files: Files }>([
    { files: { 'notes.txt': '' } },
    { files: { 'loose.mp4': '' } },
    { files: { 'one/UCF-101/Archery/v_Archery_g01_c01.avi': '', 'two/cats/a.mp4': '' } },
    { files: { [`data/deeper/pick/${clip}`]: '' } },
    { files: { [`data/pick/${clip}`]: '' } },
    { files: { 'a/b/notes.txt': '' } },
  ])(
    'is refused when nothing is recognised in $files, saying what was looked for',
    async ({ files }) => {
      const folder = tree(files)
      const refused = await listDataset({ folder }).catch((error: unknown) => String(error))
      for (const format of datasetFormats) expect(refused).toContain(`(${format})`)
      expect(refused).toContain(`No known data set format found in ${folder}`)
    },
  )
})

describe('a chosen format', () => {
  it.each(datasetFormats)(
    '%s refuses a folder without videos and one that is not there',
    async (format) => {
      const folder = tree({ 'notes.txt': '' })
      await expect(listDataset({ folder, format })).rejects.toThrow('has no videos')
      const missing = join(folder, 'missing')
      await expect(listDataset({ folder: missing, format })).rejects.toThrow('There is no folder')
      const file = { folder: join(folder, 'notes.txt'), format }
      await expect(listDataset(file)).rejects.toThrow('is a file, not a folder')
      const named = { folder, annotations: missing, format }
      await expect(listDataset(named)).rejects.toThrow('There is no folder')
    },
  )

  it('with one split refuses another', async () => {
    const folder = tree({ 'cats/one.mov': '' })
    await expect(listDataset({ folder, splitList: 2 })).rejects.toThrow(
      'Class folders has only one split',
    )
    expect((await listDataset({ folder, splitList: 1 })).format).toBe('folder')
  })
})

it('sums warnings up in one line', () => {
  expect(describeWarnings({})).toBe('')
  expect(describeWarnings({ duplicate: 1, missing: 3 })).toBe(
    'listed but not on disk: 3, duplicate: 1',
  )
})
